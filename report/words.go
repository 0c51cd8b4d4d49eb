package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// brief writes how long something took, to three digits: 0.4ms, 12ms, 1.23s,
// 2m03s.
func brief(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + brief(-d)
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(d.Seconds()*1000, 'f', 1, 64) + "ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + "s"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// clock writes a time that runs, to the second: 0:07, 1:37, 1:02:03.
func clock(d time.Duration) string {
	s := int(max(d, 0) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// span writes a duration that somebody chose: 20 s, 2 min, 14 days.
func span(d time.Duration) string {
	day := 24 * time.Hour
	switch {
	case d >= 2*day && d%day == 0:
		return strconv.Itoa(int(d/day)) + " days"
	case d >= time.Hour && d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	case d >= time.Minute && d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d%time.Second == 0:
		return strconv.Itoa(int(d/time.Second)) + " s"
	}
	return d.String()
}

// count writes a number with its noun: 1 warning, 3 warnings.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// seconds writes a duration in seconds to the millisecond.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', 3, 64)
}

// listed joins names, at most limit of them: A, B and 5 more.
func listed(names []string, limit int) string {
	text := strings.Join(cleaned(names[:min(len(names), limit)]), ", ")
	if more := len(names) - limit; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// cleaned makes each of some foreign strings fit to stand inside a line.
func cleaned(texts []string) []string {
	clean := make([]string, len(texts))
	for i, text := range texts {
		clean[i] = inline(text)
	}
	return clean
}

// ranged draws runs of three or more successive IDs together: ORD-01–05.
func ranged(ids []string) []string {
	var short []string
	for i := 0; i < len(ids); {
		prefix, first := splitID(ids[i])
		end := i + 1
		for end < len(ids) && first >= 0 {
			p, n := splitID(ids[end])
			if p != prefix || n != first+end-i {
				break
			}
			end++
		}
		if end-i < 3 {
			end = i + 1
			short = append(short, ids[i])
		} else {
			last := ids[end-1]
			short = append(short, ids[i]+"–"+last[len(prefix):])
		}
		i = end
	}
	return short
}

// splitID takes an ID such as TOK-03 apart; the number is -1 where there is none.
func splitID(id string) (prefix string, number int) {
	dash := strings.LastIndexByte(id, '-') + 1
	n, err := strconv.ParseUint(id[dash:], 10, 16)
	if dash == 0 || err != nil {
		return id, -1
	}
	return id[:dash], int(n)
}
