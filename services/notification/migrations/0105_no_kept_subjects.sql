-- Whose case is closed to whom is asked of the register at each look; what it said once is no answer.
drop table subject;
