package token

import (
	"strings"
	"testing"
)

func TestCommonPart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		a, b string
		want int
	}{
		"nothing":                  {"abc", "xyz", 0},
		"empty":                    {"", "abc", 0},
		"both empty":               {"", "", 0},
		"the same":                 {"abcdef", "abcdef", 6},
		"a beginning":              {"abcdxx", "abcdyy", 4},
		"an end":                   {"xxabcd", "yyabcd", 4},
		"at different places":      {"abcdxxxx", "yyabcd", 4},
		"one within the other":     {"abcdef", "cde", 3},
		"the longer of two":        {"ab__wxyz", "ab--wxyz", 4},
		"not what is interrupted":  {"ab1cd", "ab2cd", 2},
		"in another case":          {"ABCD", "xabcd", 4},
		"a repeated character":     {"aaaa", "aa", 2},
		"with bytes above ASCII":   {"Küche", "küche", 6},
		"counting up by one digit": {"00000041", "00000042", 7},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := commonPart(test.a, test.b); got != test.want {
				t.Errorf("%q and %q share %d, want %d", test.a, test.b, got, test.want)
			}
			if got := commonPart(test.b, test.a); got != test.want {
				t.Errorf("the other way round they share %d", got)
			}
		})
	}
}

func TestTooMuchInCommon(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ a, b, want int }{
		"two of 48":         {48, 48, 16},
		"one is short":      {48, 8, 6},
		"two of 32":         {32, 32, 16},
		"just long enough":  {22, 22, 16},
		"a little too long": {20, 20, 15},
		"two of 8":          {8, 8, 6},
		"two of 6":          {6, 6, 5},
		"two of 1":          {1, 1, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tooMuchInCommon(strings.Repeat("a", test.a), strings.Repeat("b", test.b)); got != test.want {
				t.Errorf("too much is %d, want %d", got, test.want)
			}
		})
	}
}
