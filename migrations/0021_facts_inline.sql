-- Facts of more than two kilobytes (one in five) are no longer compressed at each append and expanded at each reading:
-- a row of up to a page stays in its page. The table takes as much room as before, since what was compressed and what
-- was moved out filled pages badly. Facts already stored stay as they are.
ALTER TABLE ledger.events SET (toast_tuple_target = 8160);
