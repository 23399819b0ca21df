//! Addresses: URLs and those of the Internet Protocol.

use std::net::{IpAddr, Ipv6Addr};

use super::args::{integer_or, invalid_value, text};
use super::conversion::lenient;
use super::datum::Datum;
use super::json::Json;
use super::udf::{Env, Function, Param, Returns, function};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

fn parse_url(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let url = text(&values[0])?;
    let lenient = integer_or(values, 1, 0)? != 0;
    let Some((scheme, rest)) = url.split_once(':') else {
        if lenient {
            let message = Json::String("Error parsing URL: scheme not specified".to_owned());
            return Ok(Datum::Json(Json::Object([("error".to_owned(), message)].into())));
        }
        return Err(SqlError::new(100_139, "22000", format!("Error parsing URL: scheme not specified in '{url}'")));
    };
    let (rest, fragment) = rest.split_once('#').map_or((rest, None), |(rest, found)| (rest, Some(found)));
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, found)| (rest, Some(found)));
    let (host, port, path) = match rest.strip_prefix("//") {
        None => (None, None, rest),
        Some(rest) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            match authority.rsplit_once(':') {
                Some((host, port)) => (Some(host), Some(port), path),
                None => (Some(authority), None, path),
            }
        }
    };
    let parameters = query.map(|query| {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key.to_owned(), Json::String(value.to_owned()))
        });
        Json::Object(pairs.collect())
    });
    let part = |found: Option<&str>| found.map_or(Json::Null, |found| Json::String(found.to_owned()));
    let members = [
        ("scheme", part(Some(scheme))),
        ("host", part(host)),
        ("port", part(port)),
        ("path", part(Some(path))),
        ("query", part(query)),
        ("fragment", part(fragment)),
        ("parameters", parameters.unwrap_or(Json::Null)),
    ];
    Ok(Datum::Json(Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())))
}

fn named(members: Vec<(&str, Json)>) -> Json {
    Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The first and the last address that share the first `prefix` of `width` bits with an address.
fn range(address: u128, prefix: u32, width: u32) -> (u128, u128) {
    let all = if width == 128 { u128::MAX } else { (1 << width) - 1 };
    let host = if prefix == 0 { all } else { all >> prefix };
    (address & !host & all, address | host)
}

fn ip(source: &str) -> Option<Json> {
    let (host, prefix) = source.split_once('/').map_or((source, None), |(host, prefix)| (host, Some(prefix)));
    let address: IpAddr = host.parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let prefix =
        prefix.map(|prefix| prefix.parse::<u32>().ok().filter(|prefix| *prefix <= width)).map(|found| found.ok_or(()));
    let prefix = prefix.transpose().ok()?;
    let whole = |value: u128| Json::Number(value as i128, 0);
    let length = prefix.map_or(Json::Null, |prefix| whole(prefix.into()));
    let mut members = vec![
        ("host", Json::String(host.to_owned())),
        ("ip_type", Json::String("inet".to_owned())),
        ("netmask_prefix_length", length),
        ("snowflake$type", Json::String("ip_address".to_owned())),
    ];
    match address {
        IpAddr::V4(address) => {
            let value = u128::from(address.to_bits());
            members.push(("family", whole(4)));
            members.push(("ipv4", whole(value)));
            members.push(("ip_fields", Json::Array([value, 0, 0, 0].map(whole).to_vec())));
            if let Some(prefix) = prefix {
                let (first, last) = range(value, prefix, 32);
                members.push(("ipv4_range_start", whole(first)));
                members.push(("ipv4_range_end", whole(last)));
            }
        }
        IpAddr::V6(address) => {
            let value = address.to_bits();
            let hex = |value: u128| Json::String(format!("{value:032X}"));
            let field = |index: u32| whole((value >> (96 - 32 * index)) & 0xffff_ffff);
            members.push(("family", whole(6)));
            members.push(("hex_ipv6", hex(value)));
            members.push(("ip_fields", Json::Array((0..4).map(field).collect())));
            if let Some(prefix) = prefix {
                let (first, last) = range(value, prefix, 128);
                members.push(("hex_ipv6_range_start", hex(first)));
                members.push(("hex_ipv6_range_end", hex(last)));
            }
            members[0].1 = Json::String(Ipv6Addr::from_bits(value).to_string());
        }
    }
    Some(named(members))
}

fn parse_ip(values: &[Datum]) -> Result<Datum> {
    let (source, kind) = (text(&values[0])?, text(&values[1])?);
    if !kind.eq_ignore_ascii_case("INET") {
        return Err(invalid_value("PARSE_IP", kind, "'INET'"));
    }
    match ip(source.trim()) {
        Some(found) => Ok(Datum::Json(found)),
        None if integer_or(values, 2, 0)? != 0 => {
            let message = format!("'{source}' is not a valid IP address");
            Ok(Datum::Json(named(vec![("error", Json::String(message))])))
        }
        None => Err(SqlError::new(100_301, "22000", format!("Error parsing IP: '{source}'"))),
    }
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Integer, Text};
    let object = Returns::Type(SqlType::Object);
    vec![
        function("PARSE_URL", &[Text, Integer], object, parse_url).optional(1),
        function("PARSE_IP", &[Text, Text, Integer], object, |values, _| parse_ip(values)).optional(1),
        function("TRY_PARSE_IP", &[Text, Text], object, |values, _| lenient(parse_ip(values))),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn addresses() {
        check(&[
            (
                "PARSE_URL('https://h:8080/p/q?a=1#f')",
                r#"{"fragment":"f","host":"h","parameters":{"a":"1"},"path":"p/q","port":"8080","query":"a=1","scheme":"https"}"#,
            ),
            (
                "PARSE_IP('192.168.242.188/24', 'INET')",
                r#"{"family":4,"host":"192.168.242.188","ip_fields":[3232297660,0,0,0],"ip_type":"inet","ipv4":3232297660,"ipv4_range_end":3232297727,"ipv4_range_start":3232297472,"netmask_prefix_length":24,"snowflake$type":"ip_address"}"#,
            ),
            (
                "PARSE_IP('fe80::20c:29ff:fe2c:429/64', 'INET')",
                r#"{"family":6,"hex_ipv6":"FE80000000000000020C29FFFE2C0429","hex_ipv6_range_end":"FE80000000000000FFFFFFFFFFFFFFFF","hex_ipv6_range_start":"FE800000000000000000000000000000","host":"fe80::20c:29ff:fe2c:429","ip_fields":[4269801472,0,34351615,4264297513],"ip_type":"inet","netmask_prefix_length":64,"snowflake$type":"ip_address"}"#,
            ),
            ("PARSE_IP('x', 'INET')", "100301 Error parsing IP: 'x'"),
            ("TRY_PARSE_IP('1.2.3.4/33', 'INET')", "NULL"),
        ]);
    }
}
