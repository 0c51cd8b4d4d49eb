package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

func TestWriteLoadCSV(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteLoadCSV(&b, sampleLoad(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "load.csv", b.Bytes())
	rows, err := csv.NewReader(&b).ReadAll() // refuses rows of another length
	if err != nil || len(rows) != 3 {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
}

func TestWriteHDR(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteHDR(&b, sampleLoad(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "load.hgrm", b.Bytes())
}

// rows reads a percentile file as plotters do: lines of four numbers.
func rows(text string) (rows [][]string) {
	for line := range strings.Lines(text) {
		cells := strings.Fields(line)
		if !strings.HasPrefix(line, "#") && len(cells) == 4 && cells[0] != "Value" && cells[3] != "inf" {
			rows = append(rows, cells)
		}
	}
	return rows
}

func TestWriteHDRWithoutSamples(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Load{
		"none":  {},
		"empty": {Latencies: map[string]*hdrhistogram.Histogram{MetricEventLatency: NewHistogram()}},
	} {
		var b bytes.Buffer
		if err := WriteHDR(&b, l); err != nil {
			t.Fatal(err)
		}
		if len(rows(b.String())) != 0 || !strings.Contains(b.String(), "Total count    =            0]") {
			t.Errorf("%s: got\n%s", name, b.String())
		}
	}
}

// The most samples that a histogram may have end the file, too, though the steps between
// percentiles become as small as a float64 can tell.
func TestWriteHDREnds(t *testing.T) {
	t.Parallel()
	h := add(t, histogramOf(t, 2, 3), 1, maxSamples-2)
	l := Load{Latencies: map[string]*hdrhistogram.Histogram{MetricEventLatency: h}}
	var b bytes.Buffer
	if err := WriteHDR(&b, l); err != nil {
		t.Fatal(err)
	}
	if n := len(rows(b.String())); n < 100 || n > 1000 {
		t.Errorf("%d rows", n)
	}
	add(t, h, 3, 1)
	if err := WriteHDR(&b, l); err == nil {
		t.Error("more samples than can be")
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no space left")

func TestLoadWritersTellOfAFullDisk(t *testing.T) {
	t.Parallel()
	l := sampleLoad(t)
	for name, err := range map[string]error{
		"json": WriteLoadJSON(full{}, l), "csv": WriteLoadCSV(full{}, l), "hdr": WriteHDR(full{}, l),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
