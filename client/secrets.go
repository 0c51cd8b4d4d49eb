package client

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"ttcheck/protocol"
)

// minSecret is the length below which a string is too common to be searched for
// as a credential.
const minSecret = 8

// Secrets knows the credentials of a run, so that they can be kept out of every
// text that is written and be noticed where a gateway shows them. A nil *Secrets
// knows none.
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
	for _, spelling := range spellings(text) {
		if lower := asciiLower(spelling); !slices.Contains(*list, lower) {
			*list = append(*list, lower)
		}
	}
}

// spellings are the ways in which a secret stands in texts from the wire: as it
// is, in a query, in a path, and in JSON by two habits of escaping. Those of a
// token of hexadecimal digits are all the same.
func spellings(text string) []string {
	ways := []string{text, url.QueryEscape(text), url.PathEscape(text)}
	if quoted, err := json.Marshal(text); err == nil {
		inner := string(quoted[1 : len(quoted)-1])
		ways = append(ways, inner, strings.ReplaceAll(inner, "/", `\/`))
	}
	return ways
}

// Reveals tells whether text holds a learnt token, in any case of letters, and
// names the token as it may be written.
func (s *Secrets) Reveals(text string) (redacted string, found bool) {
	_, redacted = s.mask(text)
	return redacted, redacted != ""
}

// Redact returns text with every credential in it shortened to a few characters.
// What looks like a credential is redacted whether it was learnt or not: a
// token's first appearance is in the very response that has to be written down.
func (s *Secrets) Redact(text string) string {
	text, _ = s.mask(text)
	return redactPatterns(text)
}

// redactHead is Redact, cut to maxText bytes; it names a token in the whole text as
// Reveals does. It does not look for what has the form of a credential beyond what
// can be shown, as that takes its time.
func (s *Secrets) redactHead(text string) (redacted, token string) {
	text, token = s.mask(text)
	whole := len(text)
	if len(text) > 4*maxText {
		// Half a token would not be recognized by its form.
		text = strings.TrimRight(head(text, 4*maxText), hexDigits)
	}
	missing := len(text) < whole
	text = redactPatterns(text)
	if len(text) > maxText {
		text, missing = head(text, maxText), true
	}
	if missing {
		text += "…"
	}
	return text, token
}

// head returns at most the first n bytes of text, without half a character.
func head(text string, n int) string {
	for back := 1; back < utf8.UTFMax && n > 0 && !utf8.RuneStart(text[n]); back++ {
		n--
	}
	return text[:n]
}

// mask redacts the secrets that are known, and names the first token among them;
// "" if there is none. Tokens are masked first, so that something hidden that holds
// one, such as a header, is still readable around it.
func (s *Secrets) mask(text string) (masked, token string) {
	if s == nil {
		return text, ""
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.tokens)+len(s.hidden) == 0 {
		return text, ""
	}
	lower := asciiLower(text)
	if tokens := cover(lower, s.tokens); len(tokens) > 0 {
		token = tokens[0].shortened(lower)
		text = cut(text, tokens)
		lower = asciiLower(text)
	}
	return cut(text, cover(lower, s.hidden)), token
}

// stretch is a part of a text that secrets cover.
type stretch struct {
	from, to int
	single   bool // it is one secret, and not several that touch or overlap
}

// shortened is what may be shown of a stretch of text. Of several secrets, one may
// be so short that its beginning is all of it.
func (s stretch) shortened(text string) string {
	if !s.single {
		return protocol.Redact("")
	}
	return protocol.Redact(text[s.from:s.to])
}

// cut shortens the stretches in text.
func cut(text string, stretches []stretch) string {
	if len(stretches) == 0 {
		return text
	}
	var out strings.Builder
	rest := 0
	for _, s := range stretches {
		out.WriteString(text[rest:s.from])
		out.WriteString(s.shortened(text))
		rest = s.to
	}
	out.WriteString(text[rest:])
	return out.String()
}

// cover finds the stretches of a text in lower case that secrets cover, in order
// and apart.
func cover(text string, secrets []string) []stretch {
	var found []stretch
	for _, secret := range secrets {
		first := len(found)
		for next := 0; ; {
			i := strings.Index(text[next:], secret)
			if i < 0 {
				break
			}
			from := next + i
			if last := len(found) - 1; last >= first && from <= found[last].to {
				found[last].to, found[last].single = from+len(secret), false
			} else {
				found = append(found, stretch{from: from, to: from + len(secret), single: true})
			}
			next = from + 1 // a secret may overlap with itself
		}
	}
	slices.SortFunc(found, func(a, b stretch) int { return a.from - b.from })
	apart := found[:0]
	for _, c := range found {
		if last := len(apart) - 1; last >= 0 && c.from <= apart[last].to {
			apart[last].to, apart[last].single = max(apart[last].to, c.to), false
			continue
		}
		apart = append(apart, c)
	}
	return apart
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
