-- Run once by the image of PostgreSQL, as scrip_owner in the database scrip. `scrip migrate --grant-to scrip` grants the rest.
\set password `cat /run/owner/scrip-password`
CREATE ROLE scrip LOGIN PASSWORD :'password';
