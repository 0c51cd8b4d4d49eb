package protocol

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// quoted is how many bytes of foreign text an error shows, tokens aside.
const quoted = 60

// secretForm matches what looks like a token, whatever else is around it. A
// UUID without hyphens is shorter.
var secretForm = regexp.MustCompile(`[0-9a-fA-F]{40,}`)

// quote shows the beginning of foreign text on one line, with what looks like a
// token redacted.
func quote(s string) string {
	end := min(quoted, len(s))
	for end < len(s) && isHex(s[end]) {
		end++ // half a token would not be recognized
	}
	for back := 1; back < utf8.UTFMax && end < len(s) && !utf8.RuneStart(s[end]); back++ {
		end-- // half a character would look like broken UTF-8
	}
	shown := fmt.Sprintf("%q", secretForm.ReplaceAllStringFunc(s[:end], Redact))
	if end < len(s) {
		shown += "…"
	}
	return shown
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}

// show is quote for the member of an object: of a credential, which need not
// look like one when its type is wrong, it names only the kind of JSON.
func show(key string, raw []byte) string {
	if key != "token" && key != "accesstoken" {
		return quote(string(raw))
	}
	switch string(raw[:min(1, len(raw))]) {
	case `"`:
		return "a string"
	case "{":
		return "an object"
	case "[":
		return "an array"
	case "t", "f":
		return "a boolean"
	}
	return "a number"
}
