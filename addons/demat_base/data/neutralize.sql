-- a copy of the database sends nothing of what was on its way
UPDATE demat_exchange
   SET state = 'cancelled'
 WHERE state IN ('pending', 'sending');
-- and its mails do not lead the reader to the portal of the original
UPDATE res_company
   SET demat_portal_url = NULL;
