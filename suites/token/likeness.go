package token

import "strings"

// longCommonPart is the length from which a part that two tokens share is no
// accident: 16 hexadecimal digits are 64 bits.
const longCommonPart = 16

// tooMuchInCommon is the length from which a common part of two tokens is too
// long. Of short tokens it is three quarters.
func tooMuchInCommon(a, b string) int {
	shorter := min(len(a), len(b))
	return min(longCommonPart, (3*shorter+3)/4)
}

// commonPart is the length of the longest run of characters that stands in both
// tokens, in any case of letters.
func commonPart(a, b string) int { return longestCommonPart(strings.ToLower(a), strings.ToLower(b)) }

// longestCommonPart is the length of the longest run of bytes that stands in both
// a and b.
func longestCommonPart(a, b string) int {
	longest := 0
	previous := make([]int, len(b)+1)
	for i := range len(a) {
		current := make([]int, len(b)+1)
		for j := range len(b) {
			if a[i] == b[j] {
				current[j+1] = previous[j] + 1
				longest = max(longest, current[j+1])
			}
		}
		previous = current
	}
	return longest
}
