-- A copy of a database must not reach Chorus Pro in the name of the company.
UPDATE chorus_account
   SET platform = 'qualification',
       token_url = NULL,
       api_url = NULL,
       portal_url = NULL,
       client_id = NULL,
       client_secret = NULL,
       login = NULL,
       password = NULL,
       drop_folder = NULL,
       sftp_host = NULL,
       sftp_user = NULL,
       sftp_password = NULL,
       sftp_key = NULL,
       sftp_host_key = NULL,
       check_report = NULL;
UPDATE ir_cron
   SET active = false
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE module = 'chorus_edi'
          AND model = 'ir.cron'
 );
-- nor leave evidence of questions in the archive
UPDATE res_company SET vies_checking = false;
