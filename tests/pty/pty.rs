//! The real binary in a real pseudo-terminal: start, work, resize, kill, restore.
