package authorization

import (
	"strings"
	"testing"
)

func TestVariants(t *testing.T) {
	t.Parallel()
	const digits = "0123456789abcdef0123456789abcdef0123456789abcdef"
	tests := map[string]struct {
		token string
		want  int
	}{
		"a token":                    {digits, 10},
		"a token in capitals":        {strings.ToUpper(digits), 10},
		"a token of digits only":     {strings.Repeat("1234567890", 5), 9}, // no case to change
		"a token of 8 characters":    {"abcd1234", 9},                      // its first 8 are all of it
		"a token of one character":   {"7", 5},
		"a token that repeats":       {strings.Repeat("7", 48), 9},
		"a token that is not of hex": {"tt_Über-geheim", 10},
		"no token":                   {"", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := variants(test.token)
			if len(got) != test.want {
				t.Errorf("%d variants, want %d: %v", len(got), test.want, got)
			}
			seen := map[string]bool{}
			for _, v := range got {
				if v.token == test.token || v.token == "" || v.what == "" || seen[v.what] {
					t.Errorf("variant %q is %q", v.what, v.token)
				}
				seen[v.what] = true
			}
		})
	}
}

// TestVariantsCoverTheUsualMistakes proves that each comparison that is not one of
// the whole value lets a variant in.
func TestVariantsCoverTheUsualMistakes(t *testing.T) {
	t.Parallel()
	const token = "0123456789abcdef0123456789abcdef0123456789abcdef"
	mistakes := map[string]func(given string) bool{
		"a prefix of the token":   func(s string) bool { return strings.HasPrefix(token, s) },
		"a suffix of the token":   func(s string) bool { return strings.HasSuffix(token, s) },
		"a part of the token":     func(s string) bool { return strings.Contains(token, s) },
		"begins with the token":   func(s string) bool { return strings.HasPrefix(s, token) },
		"ends with the token":     func(s string) bool { return strings.HasSuffix(s, token) },
		"case does not matter":    func(s string) bool { return strings.EqualFold(s, token) },
		"only 8 characters count": func(s string) bool { return len(s) >= 8 && s[:8] == token[:8] },
		"the first is not looked": func(s string) bool { return len(s) == len(token) && s[1:] == token[1:] },
		"the last is not looked":  func(s string) bool { return len(s) == len(token) && s[:47] == token[:47] },
		"only the length counts":  func(s string) bool { return len(s) == len(token) },
	}
	for name, accepts := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, v := range variants(token) {
				if accepts(v.token) {
					return
				}
			}
			t.Error("no variant is let in by this mistake")
		})
	}
}
