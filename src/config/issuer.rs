//! An issuer of tokens as an operator registers it: `issuer=…,audience=…[,jwks=…][,subject_claim=…]`.

use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// An OIDC issuer whose access tokens are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerSetting {
    /// Exact value of `iss`.
    pub issuer: String,
    /// Value that `aud` must be or contain.
    pub audience: String,
    /// Location of the issuer's keys.
    pub keys: KeysAt,
    /// Claim that identifies a user.
    pub subject_claim: SubjectClaim,
}

/// Location of an issuer's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeysAt {
    /// A key set (JWKS, RFC 7517) at this URL.
    Set(Url),
    /// The discovery document at this URL names the key set (OpenID Connect Discovery 1.0, section 4).
    Discovery(Url),
}

/// The claim that permanently identifies a user of an issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SubjectClaim {
    /// The standard claim.
    #[default]
    Sub,
    /// Entra ID's object id. It is the same in all apps of the tenant, while `sub` differs between apps.
    Oid,
}

impl SubjectClaim {
    /// Name of the claim in a token.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sub => "sub",
            Self::Oid => "oid",
        }
    }
}

impl FromStr for IssuerSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut issuer, mut audience, mut jwks, mut claim) = (None, None, None, None);
        for part in text.split(',').map(str::trim) {
            let (name, value) =
                part.split_once('=').ok_or_else(|| format!("{part:?} is not of the form name=value"))?;
            let member = match name {
                "issuer" => &mut issuer,
                "audience" => &mut audience,
                "jwks" => &mut jwks,
                "subject_claim" => &mut claim,
                _ => return Err(format!("{name:?} is not a known name; use issuer, audience, jwks or subject_claim")),
            };
            if value.is_empty() {
                return Err(format!("{name} is empty"));
            }
            if member.replace(value).is_some() {
                return Err(format!("{name} is given twice; separate issuers with semicolons"));
            }
        }
        let issuer = issuer.ok_or("issuer= is missing: give the iss of the tokens, an https address")?;
        let audience = audience.ok_or("audience= is missing: give the aud of the tokens")?;
        let address = safe_url("issuer", issuer)?;
        let keys = match jwks {
            Some(jwks) => KeysAt::Set(safe_url("jwks", jwks)?),
            None if address.query().is_some() || address.fragment().is_some() => {
                return Err("issuer has a query or fragment, so its keys cannot be discovered; give jwks=".into());
            }
            // Remove slashes at the end; keep the rest of the path.
            None => KeysAt::Discovery(safe_url("issuer", &format!("{}{DISCOVERY}", issuer.trim_end_matches('/')))?),
        };
        let subject_claim = match claim {
            None | Some("sub") => SubjectClaim::Sub,
            Some("oid") => SubjectClaim::Oid,
            Some(other) => return Err(format!("subject_claim must be sub or oid, not {other:?}")),
        };
        Ok(Self { issuer: issuer.into(), audience: audience.into(), keys, subject_claim })
    }
}

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A URL to fetch keys from. Must be https; http is allowed on this machine only, where nobody can interfere.
pub fn safe_url(what: &str, text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{what} {text:?} is not an address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{what} must not contain a user name or a password"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err(format!("{what} {text:?} is not https; only loopback addresses may use http")),
    }
}

/// True for an address on this machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRA: &str = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001/v2.0";

    #[test]
    fn an_issuer_is_read_with_its_discovery_address() {
        let read: IssuerSetting = format!("issuer={ENTRA},audience=api://registry, subject_claim=oid").parse().unwrap();
        assert_eq!((&*read.issuer, &*read.audience, read.subject_claim), (ENTRA, "api://registry", SubjectClaim::Oid));
        assert_eq!(read.keys, KeysAt::Discovery(format!("{ENTRA}{DISCOVERY}").parse().unwrap()));
        let read: IssuerSetting = "issuer=https://sts.example/a/,audience=b".parse().unwrap();
        assert_eq!(read.issuer, "https://sts.example/a/", "to the letter");
        assert_eq!(read.keys, KeysAt::Discovery(format!("https://sts.example/a{DISCOVERY}").parse().unwrap()));
        assert_eq!(read.subject_claim, SubjectClaim::Sub);
        let read: IssuerSetting = "issuer=https://a.example,audience=b,jwks=http://[::1]:81/keys".parse().unwrap();
        assert_eq!(read.keys, KeysAt::Set("http://[::1]:81/keys".parse().unwrap()));
    }

    #[test]
    fn what_is_wrong_with_a_setting_is_said() {
        for (text, says) in [
            ("", "name=value"),
            ("audience=b", "issuer= is missing"),
            ("issuer=https://a.example", "audience= is missing"),
            ("issuer=https://a.example,audience=", "audience is empty"),
            ("issuer=https://a.example,audience=b,audience=c", "given twice"),
            ("issuer=https://a.example,audience=b,aud=c", "\"aud\" is not a known name"),
            ("issuer=a.example,audience=b", "is not an address"),
            ("issuer=http://a.example,audience=b", "is not https"),
            ("issuer=ftp://127.0.0.1,audience=b", "is not https"),
            ("issuer=http://127.0.0.1.example,audience=b", "is not https"),
            ("issuer=https://me:secret@a.example,audience=b", "a password"),
            (
                "issuer=https://a.example,audience=b,jwks=http://10.0.0.1/keys",
                "jwks \"http://10.0.0.1/keys\" is not https",
            ),
            ("issuer=https://a.example?p=x,audience=b", "give jwks="),
            ("issuer=https://a.example,audience=b,subject_claim=email", "sub or oid"),
        ] {
            let error = text.parse::<IssuerSetting>().unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
