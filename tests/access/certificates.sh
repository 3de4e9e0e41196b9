#!/bin/bash
#
# Throwaway certificates: two authorities, a server's and clients' of each.
#
#   tests/access/certificates.sh FOLDER
#
#   ca.crt other_ca.crt     authorities; what follows is of the first unless said otherwise
#   server.crt              for localhost
#   wrong_name.crt          for db.example.com
#   expired.crt             for localhost, until 2020-01-02
#   client.crt              of the database user tls_cert
#   client_stranger.crt     of the user somebody_else
#   client_other_ca.crt     of tls_cert, by the other authority
#   client_locked.key       client.key again, with a pass phrase: the contents of the file `phrase`
#
# The key of NAME.crt is NAME.key.
set -euo pipefail
cd "${1:?folder}"
umask 077

make_key() {
    openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
}

make_authority() {
    make_key "$1"
    openssl req -x509 -new -key "$1.key" -subj "/CN=tierclose test $1" -days 2 -out "$1.crt"
}

# make_certificate NAME AUTHORITY COMMON_NAME USE [FIRST LAST]: USE is serverAuth or clientAuth; the
# dates are YYMMDDHHMMSSZ.
make_certificate() {
    local name="$1" authority="$2" common_name="$3" use="$4"
    local -a dates=(-days 2)
    [[ $# -lt 6 ]] || dates=(-startdate "$5" -enddate "$6")
    make_key "$name"
    openssl req -new -key "$name.key" -subj "/CN=$common_name" -out "$name.csr"
    printf '%s\n' "extendedKeyUsage = $use" "subjectAltName = DNS:$common_name" >"$name.ext"
    # Only `openssl ca` takes dates; it wants a register.
    mkdir -p "$authority.register"
    : >>"$authority.register/index"
    [[ -f "$authority.register/serial" ]] || echo 1000 >"$authority.register/serial"
    cat >"$authority.cnf" <<CONFIGURATION
[ca]
default_ca = this
[this]
database = $authority.register/index
serial = $authority.register/serial
new_certs_dir = $authority.register
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
CONFIGURATION
    openssl ca -batch -notext -config "$authority.cnf" -cert "$authority.crt" \
        -keyfile "$authority.key" -extfile "$name.ext" "${dates[@]}" \
        -in "$name.csr" -out "$name.crt"
}

make_authority ca
make_authority other_ca
make_certificate server ca localhost serverAuth
make_certificate wrong_name ca db.example.com serverAuth
make_certificate expired ca localhost serverAuth 200101000000Z 200102000000Z
make_certificate client ca tls_cert clientAuth
make_certificate client_stranger ca somebody_else clientAuth
make_certificate client_other_ca other_ca tls_cert clientAuth
openssl rand -hex 12 >phrase
openssl ec -aes256 -in client.key -passout file:phrase -out client_locked.key
