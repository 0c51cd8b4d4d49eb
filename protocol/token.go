package protocol

import (
	"regexp"
	"strings"
)

// Token is the description of an access token (Q). Secret is filled in the one
// response that generates it and nowhere else.
type Token struct {
	Name     string    `json:"name"`
	Secret   string    `json:"token,omitempty"`
	Created  Datetime  `json:"creation_date"`
	LastUsed *Datetime `json:"last_used"`
	IP       *string   `json:"ip_address"`
}

// DefaultTokenName is the name of a token for which none was asked (Q).
const DefaultTokenName = "default"

// TokenDigits is the length of a token in hexadecimal digits (Q example, R).
const TokenDigits = 48

var tokenForm = regexp.MustCompile(`^[0-9a-fA-F]{48}$`)

// IsTokenForm tells whether s looks like a token: 48 hexadecimal digits.
func IsTokenForm(s string) bool { return tokenForm.MatchString(s) }

// Redact shows of a credential at most its first and last four characters. A
// short one, and one that is not printable ASCII and so no token, it shows not
// at all.
func Redact(secret string) string {
	if len(secret) < 24 || strings.ContainsFunc(secret, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "…"
	}
	return secret[:4] + "…" + secret[len(secret)-4:]
}
