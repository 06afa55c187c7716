DROP TABLE starts;
