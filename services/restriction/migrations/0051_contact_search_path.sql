-- The history of checks is kept whoever writes, also an operator whose search path is another.
alter function check_facts(uuid) set search_path from current;
alter function keep_check_history() set search_path from current;
