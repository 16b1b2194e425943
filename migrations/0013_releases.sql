-- What lets a payment go that an edit of the file let loose on a posted document: 0 where no word is needed, 1 once it was
-- said of this payment at this amount, 2 while it is waited for, whatever else keeps the payment back meanwhile.
UPDATE loose_payments SET released = 2 WHERE code = 'payment.release' AND released = 0;
DROP INDEX loose_payments_code;
CREATE INDEX loose_payments_word ON loose_payments (tenant, released, day);
