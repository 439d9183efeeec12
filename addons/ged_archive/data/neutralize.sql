-- A copy of a database must not seal anything with the real certificate.
UPDATE res_company SET ged_seal_profile_id = NULL;
UPDATE ged_seal_profile
   SET active = false,
       password = NULL,
       pkcs12_path = NULL,
       pkcs11_module = NULL,
       pkcs11_token = NULL,
       pkcs11_pin = NULL,
       pkcs11_key = NULL,
       pkcs11_certificate = NULL,
       tsa_url = NULL;
DELETE FROM ir_attachment
 WHERE res_model = 'ged.seal.profile'
   AND res_field = 'pkcs12';
