//! Where webhooks may lead to: a table of addresses as attackers write them.

use basira_pipeline::webhook::{Guard, Target, TargetError, is_public};

#[test]
fn only_addresses_of_the_public_internet_are_public() {
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2001:200::1",
        "2a00:1450:4001:81c::200e",
        "3ffe::1",
    ] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
    for hidden in [
        // Version 4: this network, private, loopback, CGNAT, link-local, the clouds' metadata, documentation, benchmarks,
        // relays, multicast, reserved, broadcast.
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.1.2.3",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        // Version 6: the same, and all forms that hide an address of version 4.
        "::",
        "::1",
        "::2",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:2::1",
        "2001:10::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "2606:4700::5efe:127.0.0.1",
        "2606:4700::200:5efe:10.0.0.1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::5efe:10.0.0.1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ffff::1",
    ] {
        assert!(!is_public(hidden.parse().unwrap()), "{hidden}");
    }
}

#[test]
fn a_network_that_the_operator_names_is_let_through_and_no_other() {
    let guard = Guard::new(vec!["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()]);
    for (address, allowed) in [
        ("10.1.2.3", true),
        ("::ffff:10.1.2.3", true),
        ("10.2.0.1", false),
        ("127.0.0.1", false),
        ("fd12::1", true),
        ("fe80::1", false),
        ("1.1.1.1", true),
    ] {
        assert_eq!(guard.allows(address.parse().unwrap()), allowed, "{address}");
    }
}

#[test]
fn an_address_is_taken_in_its_one_usual_form() {
    let guard = Guard::default();
    for good in [
        "https://example.com",
        "http://example.com/hook?a=b&c=%23",
        "https://hooks.example.com:8443/x",
        "https://xn--mgbh0fb.example/",
        "https://a_b.example/",
        "http://1.1.1.1/",
        "https://[2606:4700:4700::1111]:443/",
        // Where names lead is seen when they are resolved.
        "http://localhost:9/",
        "http://metadata.google.internal/",
    ] {
        good.parse::<Target>().unwrap().check(&guard).unwrap();
    }
    for private in [
        "http://127.0.0.1/",
        "http://127.0.0.1:80/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fd00:ec2::254]/",
    ] {
        let target: Target = private.parse().unwrap();
        assert!(
            matches!(target.check(&guard), Err(TargetError::Private(_))),
            "{private}"
        );
    }
    for bad in [
        "",
        "example.com",
        "/hook",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/_x",
        "dict://127.0.0.1:11211/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "https:example.com",
        "https:///hook",
        "http://",
        "http://user@example.com/",
        "http://user:password@example.com/",
        "http://1.1.1.1@127.0.0.1/",
        "http://1.1.1.1:80@127.0.0.1:80/",
        "http://127.0.0.1#@1.1.1.1/",
        "http://example.com/#x",
        "http://example.com\\@127.0.0.1/",
        "http://1.1.1.1 &@127.0.0.1/",
        "http://example.com/\r\nX-Header: 1",
        "http://example.com/ x",
        "http://ex\u{e4}mple.com/",
        "http://\u{2460}\u{2461}\u{2466}.0.0.1/",
        "http://127\u{3002}0\u{3002}0\u{3002}1/",
        // Loopback in forms that only some read as an address.
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://0x7F.1/",
        "http://127.0.0.0x1/",
        "http://00000127.0.0.1/",
        "http://127.0.0.1./",
        "http://0/",
        "http://256.1.1.1/",
        "http://[::1%25lo]/",
        "http://[127.0.0.1]/",
        "http://[::1/",
        "http://::1/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:+80/",
        "http://example.com:/",
        "http://.example.com/",
        "http://example..com/",
        "http://-example.com/",
        "http://exa%6dple.com/",
        "http://exa$mple.com/",
    ] {
        assert!(bad.parse::<Target>().is_err(), "{bad}");
    }
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    assert!(matches!(long.parse::<Target>(), Err(TargetError::Long(_))));
}
