-- Whose case is closed to whom (12.4) is asked at each look at an incident, an appeal, a letter: few among all the people of the register.
create index person_employee on person (id) where is_employee;
