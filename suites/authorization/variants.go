package authorization

import (
	"slices"
	"strings"
	"unicode"
)

// variant is a token that is nearly right, and what was done to it.
type variant struct{ what, token string }

// variants are tokens near to the right one; none of them is the right one, or
// empty.
func variants(token string) []variant {
	n := len(token)
	if n == 0 {
		return nil
	}
	near := []variant{
		{"its last character cut off", token[:n-1]},
		{"its first character cut off", token[1:]},
		{"only its first half", token[:n/2]},
		{"only its first 8 characters", token[:min(8, n)]},
		{"a digit added at its end", token + "0"},
		{"a digit added before it", "0" + token},
		{"doubled", token + token},
		{"its last character changed", token[:n-1] + other(token[n-1])},
		{"its first character changed", other(token[0]) + token[1:]},
		{"with the case of its letters changed", strings.Map(swapCase, token)},
	}
	return slices.DeleteFunc(near, func(v variant) bool { return v.token == "" || v.token == token })
}

// other is a digit that is not the given one.
func other(digit byte) string {
	if digit == '7' {
		return "8"
	}
	return "7"
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}
