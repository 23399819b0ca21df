//! Messages of the checks that run while the compiler evaluates constants.
//!
//! The same functions serve the compiler, the unit tests and values that arrive at run time. Every message ends with
//! the stable name of its rule.

/// A message under construction. What does not fit is left out.
#[derive(Clone, Copy)]
pub struct Msg<const N: usize = 2048> {
    buffer: [u8; N],
    length: usize,
}

impl<const N: usize> Msg<N> {
    /// An empty message.
    pub const fn new() -> Self {
        Self { buffer: [0; N], length: 0 }
    }

    /// Appends `text`.
    pub const fn push(&mut self, text: &str) -> &mut Self {
        let text = text.as_bytes();
        if self.length + text.len() <= N {
            let (_, tail) = self.buffer.split_at_mut(self.length);
            let (head, _) = tail.split_at_mut(text.len());
            head.copy_from_slice(text);
            self.length += text.len();
        }
        self
    }

    /// Appends `name` in backticks.
    pub const fn name(&mut self, name: &str) -> &mut Self {
        self.push("`").push(name).push("`")
    }

    /// Appends `number`.
    pub const fn number(&mut self, number: u64) -> &mut Self {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        match core::str::from_utf8(digits.split_at(at).1) {
            Ok(text) => self.push(text),
            Err(_) => self,
        }
    }

    /// Appends the rule's name and an optional way out.
    pub const fn rule(&mut self, rule: &str, help: &str) -> &mut Self {
        self.push("\n= rule: ").push(rule);
        if !help.is_empty() {
            self.push("\n= help: ").push(help);
        }
        self
    }

    /// The message so far.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.buffer.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "?",
        }
    }
}

impl<const N: usize> Default for Msg<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// A rule that a value breaks: the message that the compiler shows for a literal, and [`std::error::Error`] at run time.
#[derive(Clone, Copy)]
pub struct Broken {
    msg: Msg<1024>,
}

impl Broken {
    /// The rule that is broken, with its message.
    pub(crate) const fn new(msg: Msg<1024>) -> Self {
        Self { msg }
    }

    /// What is wrong, which rule that breaks, and what to write instead, each on a line.
    pub const fn as_str(&self) -> &str {
        self.msg.as_str()
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Broken({:?})", self.as_str())
    }
}

impl std::error::Error for Broken {}

/// Whether two texts are equal. Comparing `&str` is not yet possible in constants.
pub const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_grow_until_full() {
        let mut msg = Msg::<32>::new();
        msg.push("task ").name("T").push(" has ").number(1203).push(" children");
        assert_eq!(msg.as_str(), "task `T` has 1203 children");
        msg.push("and this is too long to fit");
        assert_eq!(msg.as_str(), "task `T` has 1203 children");
    }

    #[test]
    fn same_compares_whole_texts() {
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab"));
    }
}
