package client

import (
	"regexp"
	"strings"

	"ttcheck/protocol"
)

const (
	hexDigits = "0123456789abcdefABCDEF"
	// minHex is how many hexadecimal digits in a row look like a token; a UUID
	// without hyphens has fewer.
	minHex = 40
)

// The places where credentials stand, whatever they look like.
var (
	// The scheme alone, without credentials, is left.
	authorization = regexp.MustCompile(`(?im)^((?:proxy-)?authorization[ \t]*:[ \t]*(?:(?:bearer|basic|digest)\r?$|[a-z]{1,12}[ \t]+)?)(.*?)\r?$`)
	// The value may be cut off before its closing quote.
	tokenMember = regexp.MustCompile(`(?is)("(?:access_?)?token"\s*:\s*")((?:[^"\\]|\\.|\\$)*)`)
	// shortened is what protocol.Redact makes of a credential, with little else.
	shortened = regexp.MustCompile(`^[ -~]{0,6}…[ -~]{0,6}$`)
)

// redactPatterns redacts what looks like a credential or stands where one stands.
func redactPatterns(text string) string {
	lower := asciiLower(text)
	if strings.Contains(lower, "authorization") {
		text = redactValues(text, authorization)
	}
	if strings.Contains(lower, `token"`) {
		text = redactValues(text, tokenMember)
	}
	return redactHex(text)
}

// redactValues redacts the second group of every match.
func redactValues(text string, place *regexp.Regexp) string {
	return place.ReplaceAllStringFunc(text, func(match string) string {
		m := place.FindStringSubmatch(match)
		if m[2] == "" || shortened.MatchString(m[2]) {
			return match
		}
		return m[1] + protocol.Redact(m[2])
	})
}

// redactHex redacts every run of hexadecimal digits that is as long as a token.
// It is called for every text on the wire, and much faster than an expression.
func redactHex(text string) string {
	var out strings.Builder
	rest := 0
	for i := 0; i < len(text); {
		if !isHex(text[i]) {
			i++
			continue
		}
		end := i + 1
		for end < len(text) && isHex(text[end]) {
			end++
		}
		if end-i >= minHex {
			out.WriteString(text[rest:i])
			out.WriteString(protocol.Redact(text[i:end]))
			rest = end
		}
		i = end
	}
	if rest == 0 {
		return text
	}
	out.WriteString(text[rest:])
	return out.String()
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}
