package client

import (
	"regexp"
	"strings"
	"sync"

	"ttcheck/protocol"
)

// minSecret is the length below which a string is too common to be searched for
// as a credential.
const minSecret = 8

// Secrets knows the credentials of a run, so that they can be kept out of every
// text that is written and be noticed where a gateway shows them.
type Secrets struct {
	mu     sync.RWMutex
	tokens []string // in lower case
	hidden []string // in lower case
}

// Learn takes in a token: it is redacted from now on, and Reveals finds it.
func (s *Secrets) Learn(token string) { s.add(&s.tokens, token) }

// Hide takes in a text that must be redacted but is no token of the gateway's,
// such as a token with a letter changed.
func (s *Secrets) Hide(text string) { s.add(&s.hidden, text) }

func (s *Secrets) add(list *[]string, text string) {
	if len(text) < minSecret {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	lower := asciiLower(text)
	for _, known := range *list {
		if known == lower {
			return
		}
	}
	*list = append(*list, lower)
}

// Reveals tells whether text holds a learnt token, in any case of letters, and
// names the token as it may be written.
func (s *Secrets) Reveals(text string) (redacted string, found bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	lower := asciiLower(text)
	for _, token := range s.tokens {
		if strings.Contains(lower, token) {
			return protocol.Redact(token), true
		}
	}
	return "", false
}

// What looks like a credential is redacted whether it was learnt or not: a
// token's first appearance is in the very response that has to be written down.
var (
	authorization = regexp.MustCompile(`(?im)^(authorization:[ \t]*)(\S+[ \t]+)?(\S+)`)
	tokenMember   = regexp.MustCompile(`(?i)("(?:access)?token"\s*:\s*")([^"]*)`)
	longHex       = regexp.MustCompile(`[0-9a-fA-F]{40,}`)
)

// Redact returns text with every credential in it shortened to a few characters.
func (s *Secrets) Redact(text string) string {
	s.mu.RLock()
	for _, list := range [][]string{s.tokens, s.hidden} {
		for _, secret := range list {
			text = replaceFold(text, secret)
		}
	}
	s.mu.RUnlock()
	text = authorization.ReplaceAllStringFunc(text, func(line string) string {
		m := authorization.FindStringSubmatch(line)
		return m[1] + m[2] + redactOnce(m[3])
	})
	text = tokenMember.ReplaceAllStringFunc(text, func(member string) string {
		m := tokenMember.FindStringSubmatch(member)
		return m[1] + redactOnce(m[2])
	})
	return longHex.ReplaceAllStringFunc(text, protocol.Redact)
}

// redactOnce leaves alone what was redacted already, and what is empty.
func redactOnce(value string) string {
	if value == "" || strings.Contains(value, "…") {
		return value
	}
	return protocol.Redact(value)
}

// replaceFold redacts every occurrence of secret, which is in lower case,
// whatever the case of its letters in text.
func replaceFold(text, secret string) string {
	lower := asciiLower(text)
	var out strings.Builder
	from := 0
	for {
		i := strings.Index(lower[from:], secret)
		if i < 0 {
			out.WriteString(text[from:])
			return out.String()
		}
		at := from + i
		out.WriteString(text[from:at])
		out.WriteString(protocol.Redact(text[at : at+len(secret)]))
		from = at + len(secret)
	}
}

// asciiLower lowers ASCII letters only, byte by byte, so that offsets stay what
// they were in any text, valid or not.
func asciiLower(s string) string {
	lower := []byte(s)
	for i, b := range lower {
		if 'A' <= b && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	return string(lower)
}
