use proptest::prelude::*;

use super::*;

fn decoded(bytes: &[u8]) -> Vec<Decoded> {
    drained(&mut fed(&[bytes]))
}

fn fed(chunks: &[&[u8]]) -> Decoder {
    let mut decoder = Decoder::default();
    for chunk in chunks {
        decoder.feed(chunk);
    }
    decoder
}

fn drained(decoder: &mut Decoder) -> Vec<Decoded> {
    std::iter::from_fn(|| decoder.pop()).collect()
}

fn key(name: &str) -> Decoded {
    Decoded::Key(name.parse().expect("a key"))
}

/// What terminals send, and the key it is; each is whole without waiting.
const KEYS: [(&[u8], &str); 60] = [
    (b"j", "j"),
    (b"G", "G"),
    (b" ", "space"),
    (b"\r", "enter"),
    (b"\t", "tab"),
    (b"\x7f", "backspace"),
    (b"\x01", "ctrl-a"),
    (b"\x08", "ctrl-h"),
    (b"\n", "ctrl-j"),
    (b"\x1a", "ctrl-z"),
    (b"\x00", "ctrl-space"),
    (b"\x1c", "ctrl-\\"),
    ("é".as_bytes(), "é"),
    ("田".as_bytes(), "田"),
    ("😀".as_bytes(), "😀"),
    (b"\x1b[A", "up"),
    (b"\x1bOB", "down"),
    (b"\x1b[C", "right"),
    (b"\x1bOD", "left"),
    (b"\x9bD", "left"),
    (b"\x8fD", "left"),
    (b"\x1b[H", "home"),
    (b"\x1b[F", "end"),
    (b"\x1b[1~", "home"),
    (b"\x1b[8~", "end"),
    (b"\x1b[3~", "delete"),
    (b"\x1b[5~", "page-up"),
    (b"\x1b[6~", "page-down"),
    (b"\x1b[Z", "shift-tab"),
    (b"\x1bOP", "f1"),
    (b"\x1b[[E", "f5"),
    (b"\x1b[15~", "f5"),
    (b"\x1b[24~", "f12"),
    (b"\x1b[1;5P", "ctrl-f1"),
    // Modifiers: xterm, old xterm, rxvt, iTerm2.
    (b"\x1b[1;5D", "ctrl-left"),
    (b"\x1b[1;2A", "shift-up"),
    (b"\x1b[1;3C", "alt-right"),
    (b"\x1b[1;9D", "alt-left"),
    (b"\x1b[3;5~", "ctrl-delete"),
    (b"\x1bO5D", "ctrl-left"),
    (b"\x1b[5^", "ctrl-page-up"),
    (b"\x1b[5$", "shift-page-up"),
    (b"\x1b[5@", "ctrl-shift-page-up"),
    (b"\x1b[a", "shift-up"),
    (b"\x1bOd", "ctrl-left"),
    // Alt, as ESC before the key.
    (b"\x1bj", "alt-j"),
    (b"\x1b\r", "alt-enter"),
    (b"\x1b\x01", "alt-ctrl-a"),
    ("\x1bé".as_bytes(), "alt-é"),
    (b"\x1b\x1b[D", "alt-left"),
    (b"\x1b\x1bOA", "alt-up"),
    (b"\x1b\x1b[3~", "alt-delete"),
    (b"\x1b\x1b[1;5D", "alt-ctrl-left"),
    // The keypad, modifyOtherKeys, and CSI u.
    (b"\x1bOM", "enter"),
    (b"\x1bOs", "3"),
    (b"\x1b[27;5;13~", "ctrl-enter"),
    (b"\x1b[13;5u", "ctrl-enter"),
    (b"\x1b[97;2u", "A"),
    (b"\x1b[27u", "esc"),
    (b"\x1b[106;1:2u", "j"),
];

/// What is no key, however it looks.
const NO_KEYS: [&[u8]; 22] = [
    b"\x1b]11;rgb:1e1e/1e1e\x1b\\",
    b"\x1b]10;rgb:d4d4/d4d4/d4d4\x07",
    b"\x1b]4;1;rgb:00/00/00\x9c",
    b"\x1b[24;80R",
    b"\x1b[8;36;120t",
    b"\x1b[?2026;2$y",
    b"\x1b[>0;276;0q",
    b"\x1b[?1u",
    b"\x1bP>|xterm(390)\x1b\\",
    b"\x1bP1+r544e=787465726d\x1b\\",
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b[<0;10;10M",
    b"\x1b[<0;10;10m",
    b"\x1b[M D\x44",
    b"\x1b[32;10;10M",
    b"\x1b[106;1:3u",
    b"\x1b[57441u",
    b"\x1b[99~",
    b"\x1b[2~",
    b"\x1b[1;2;3;4D",
    b"\x1bOz",
    b"\xff\xfe\xc3",
];

#[test]
fn every_key_is_read_whole_and_byte_by_byte() {
    for (bytes, name) in KEYS {
        assert_eq!(decoded(bytes), [key(name)], "{bytes:?}");
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(drained(&mut fed(&single)), [key(name)], "{bytes:?}");
    }
}

#[test]
fn what_is_no_key_does_nothing_and_the_next_key_counts() {
    for bytes in NO_KEYS {
        assert_eq!(decoded(&[bytes, b"j"].concat()), [key("j")], "{bytes:?}");
    }
}

#[test]
fn a_lone_escape_is_a_key_after_a_while() {
    let mut decoder = fed(&[b"\x1b"]);
    assert_eq!((decoder.pop(), decoder.patience()), (None, Some(ESC_WAIT)));
    decoder.give_up();
    assert_eq!(drained(&mut decoder), [key("esc")]);
    let mut decoder = fed(&[b"\x1b\x1b"]);
    decoder.give_up();
    assert_eq!(drained(&mut decoder), [key("esc"), key("esc")]);
    assert_eq!(decoded(b"\x1b\x1bj"), [key("esc"), key("alt-j")]);
}

#[test]
fn the_rest_of_an_escape_that_was_taken_for_a_key_is_no_key() {
    for rest in [&b"[D"[..], b"OD", b"[1;5D"] {
        let mut decoder = fed(&[b"\x1b"]);
        decoder.give_up();
        for byte in rest {
            decoder.feed(&[*byte]);
        }
        decoder.feed(b"D");
        assert_eq!(drained(&mut decoder), [key("esc"), key("D")], "{rest:?}");
    }
    let mut decoder = fed(&[b"\x1b"]);
    decoder.give_up();
    decoder.feed(b"[");
    decoder.give_up();
    decoder.feed(b"D");
    assert_eq!(drained(&mut decoder), [key("esc"), key("D")], "nor is a rest without an end");
    let mut decoder = fed(&[b"\x1b"]);
    decoder.give_up();
    decoder.give_up();
    decoder.feed(b"[D");
    assert_eq!(drained(&mut decoder), [key("esc"), key("["), key("D")], "later it is typed");
}

#[test]
fn half_a_sequence_is_dropped_after_a_while_and_alt_with_an_introducer_is_a_key() {
    for (begun, left) in [
        (&b"\x1b[1;"[..], vec![]),
        (b"\x1b]11;rgb:1e", vec![]),
        (b"\x1bP1$", vec![]),
        (b"\xe7\x94", vec![]),
        (b"\x1b[M ", vec![]),
        (b"\x1b[", vec![key("alt-[")]),
        (b"\x1bO", vec![key("alt-O")]),
        (b"\x1b]", vec![key("alt-]")]),
    ] {
        let mut decoder = fed(&[begun]);
        assert_eq!(decoder.patience(), Some(REST_WAIT), "{begun:?}");
        decoder.give_up();
        decoder.feed(b"j");
        assert_eq!(drained(&mut decoder), [left, vec![key("j")]].concat(), "{begun:?}");
    }
    assert_eq!(decoded(b"\x1b]x"), [key("alt-]"), key("x")]);
    assert_eq!(decoded(b"\x1b[1;\x03"), [key("ctrl-c")], "nothing keeps Ctrl-C back");
    assert_eq!(decoded(b"\x1b]11;rg\x03"), [key("ctrl-c")]);
    assert_eq!(decoded(b"\x1b]11;rg\x1b[D"), [key("left")]);
}

#[test]
fn a_paste_is_text_whatever_it_holds() {
    for text in ["", "one\rtwo", "\u{1b}[201", "\u{1b}[D\u{1b}]11;?\u{7}", "é田😀 ~ ~"] {
        let bytes = [b"\x1b[200~", text.as_bytes(), b"\x1b[201~j"].concat();
        assert_eq!(decoded(&bytes), [Decoded::Paste(text.to_owned()), key("j")]);
    }
    let unfinished = fed(&[b"\x1b[200~abc"]);
    assert_eq!(unfinished.patience(), None);
}

#[test]
fn answers_are_read() {
    for (bytes, expected) in [
        (&b"\x1b]11;rgb:1e1e/ffff/0000\x1b\\"[..], Decoded::Background([0x1e1e, 0xffff, 0])),
        (b"\x1b]11;rgb:ff/80/00\x07", Decoded::Background([0xffff, 0x8080, 0])),
        (b"\x1b]11;#ffffff\x07", Decoded::Background([0xffff; 3])),
        (b"\x1b]11;rgba:0000/0000/0000/ffff\x07", Decoded::Background([0; 3])),
        (b"\x1b[?62;22c", Decoded::Attributes),
        (b"\x1b[I", Decoded::Focused(true)),
        (b"\x1b[O", Decoded::Focused(false)),
    ] {
        assert_eq!(decoded(bytes), [expected], "{bytes:?}");
    }
}

/// Bytes as they come from keyboards, answers and chance.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        proptest::sample::select(&KEYS[..]).prop_map(|(bytes, _)| bytes.to_vec()),
        proptest::sample::select(&NO_KEYS[..]).prop_map(<[u8]>::to_vec),
        "\x1b\\[200~[a-z\x1b\\[]{0,9}\x1b\\[201~".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn it_does_not_matter_where_a_stream_is_cut(bytes in stream(), cuts in proptest::collection::vec(1..9_usize, 1..40)) {
        let mut cut = Decoder::default();
        let mut rest = &bytes[..];
        for size in cuts {
            let (chunk, after) = rest.split_at(size.min(rest.len()));
            cut.feed(chunk);
            rest = after;
        }
        cut.feed(rest);
        prop_assert_eq!(drained(&mut cut), decoded(&bytes));
    }

    #[test]
    fn whatever_came_before_a_key_counts_again_after_a_while(bytes in stream()) {
        let mut decoder = fed(&[&bytes]);
        let in_paste = decoder.state == State::Paste;
        decoder.give_up();
        if decoder.patience().is_some() {
            decoder.give_up();
        }
        drained(&mut decoder);
        decoder.feed(b"j");
        prop_assert!(in_paste || drained(&mut decoder) == [key("j")]);
    }

    /// `CSI`, parameters and a last byte are one key or nothing, never a key of the bytes within.
    #[test]
    fn a_sequence_is_one_thing_at_most(held in "[0-9;:<=>?]{0,80}[ !#%&]{0,2}", last in 0x40..0x7f_u8) {
        let begins_other = held.is_empty() && matches!(last, b'[' | b'M') || held == "200" && last == b'~';
        prop_assume!(!begins_other);
        let said = decoded(&[b"\x1b[", held.as_bytes(), &[last], b"j"].concat());
        prop_assert!(said.len() <= 2 && said.last() == Some(&key("j")), "{:?}", said);
    }

    /// The letters of an answer never act as keys, however late and however cut.
    #[test]
    fn an_answer_is_no_key(held in "[0-9][ -~]{0,90}", bell in any::<bool>()) {
        let end = if bell { "\x07" } else { "\x1b\\" };
        let said = decoded(format!("\x1b]{held}{end}").as_bytes());
        prop_assert!(said.iter().all(|one| matches!(one, Decoded::Background(_))), "{:?}", said);
    }
}
