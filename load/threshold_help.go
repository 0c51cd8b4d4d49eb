package load

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ttcheck/report"
)

// helpWidth is how many columns the help takes.
const helpWidth = 76

// ThresholdHelp is what a flag's help says of thresholds: operators, statistics, and all
// metrics by kind.
func ThresholdHelp() string {
	var lasting, counting, relative, byDefault []string
	for _, m := range report.Metrics {
		if m.Kind == report.Lasting {
			lasting = append(lasting, m.Name)
			continue
		}
		counting = append(counting, m.Name)
		if _, ok := shareBases[m.Name]; ok {
			relative = append(relative, m.Name)
		}
	}
	for _, t := range DefaultThresholds() {
		byDefault = append(byDefault, t.String())
	}
	return strings.Join([]string{
		"METRIC[.STATISTIC] OPERATOR VALUE, such as event_latency.p99<250ms or lost<0.01%",
		"operators: " + strings.Join(thresholdOperators, " "),
		wrapList("durations, with .min .mean .max .p50 .p99.9 and the like (250ms, 1.5s), or .count", lasting),
		wrapList("counts, without a statistic (a whole number)", counting),
		wrapList("of these, also as a percentage (0.5%)", relative),
		wrapList("held to by default, unless another is given for the metric", byDefault),
	}, "\n")
}

// wrapList lists words under a title, in lines that are not too long.
func wrapList(title string, words []string) string {
	var b strings.Builder
	b.WriteString(title + ":")
	column := helpWidth
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		if column+1+len(word) > helpWidth {
			b.WriteString("\n ")
			column = 1
		}
		b.WriteString(" " + word)
		column += 1 + len(word)
	}
	return b.String()
}

// unknownMetric says that there is no such metric, and which may have been meant.
func unknownMetric(name string) error {
	if name == "" {
		return errors.New("no metric before the operator, as in lost==0")
	}
	type candidate struct {
		name string
		far  int
	}
	var near []candidate
	var all []string
	for _, m := range report.Metrics {
		all = append(all, m.Name)
		if far := editDistance(name, m.Name); far <= max(2, len(name)/3, len(m.Name)/3) {
			near = append(near, candidate{m.Name, far})
		}
	}
	if len(near) == 0 {
		return fmt.Errorf("there is no metric %q; there are %s", name, strings.Join(all, ", "))
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.far - b.far })
	var meant []string
	for _, c := range near[:min(3, len(near))] {
		meant = append(meant, c.name)
	}
	return fmt.Errorf("there is no metric %q; did you mean %s?", name, strings.Join(meant, " or "))
}

// editDistance is how many letters must be put in, left out or changed to make b of a.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
