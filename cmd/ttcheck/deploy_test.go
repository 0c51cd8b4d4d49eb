package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"ttcheck/load/plan"
	"ttcheck/report"
)

const deployed = "../../deploy/kubernetes"

// job is what is looked at of a batch/v1 Job.
type job struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Spec       struct {
		CompletionMode       string `yaml:"completionMode"`
		Completions          int    `yaml:"completions"`
		Parallelism          int    `yaml:"parallelism"`
		BackoffLimitPerIndex *int   `yaml:"backoffLimitPerIndex"`
		BackoffLimit         *int   `yaml:"backoffLimit"`
		ActiveDeadline       int    `yaml:"activeDeadlineSeconds"`
		Template             struct {
			Metadata struct {
				Labels map[string]string `yaml:"labels"`
			} `yaml:"metadata"`
			Spec struct {
				RestartPolicy      string `yaml:"restartPolicy"`
				GracePeriod        int    `yaml:"terminationGracePeriodSeconds"`
				EnableServiceLinks *bool  `yaml:"enableServiceLinks"`
				SpreadConstraints  []struct {
					LabelSelector struct {
						MatchLabels map[string]string `yaml:"matchLabels"`
					} `yaml:"labelSelector"`
				} `yaml:"topologySpreadConstraints"`
				Containers []struct {
					Image string   `yaml:"image"`
					Args  []string `yaml:"args"`
					Env   []struct {
						Name string `yaml:"name"`
					} `yaml:"env"`
					VolumeMounts []struct {
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				} `yaml:"containers"`
			} `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

func readJob(t *testing.T, path string) job {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var j job
	if err := yaml.Unmarshal(text, &j); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if len(j.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("%s: %d containers, want one", path, len(j.Spec.Template.Spec.Containers))
	}
	return j
}

// checkShards sees that a job runs every shard of one plan at once, by flags that ttcheck
// load has.
func checkShards(t *testing.T, j job, shards int) {
	t.Helper()
	if s := j.Spec; s.CompletionMode != "Indexed" || s.Completions != shards || s.Parallelism != shards {
		t.Errorf("%s, %d completions, parallelism %d; want Indexed, %d of both", s.CompletionMode, s.Completions, s.Parallelism, shards)
	}
	args := j.Spec.Template.Spec.Containers[0].Args
	for index := range shards {
		given := make([]string, len(args))
		for i, arg := range args {
			given[i] = strings.ReplaceAll(arg, "$(JOB_COMPLETION_INDEX)", fmt.Sprint(index))
		}
		cmd, rest, err := newRoot(os.Stdout, os.Stderr).Find(given)
		if err != nil || cmd.Name() != "load" {
			t.Fatalf("%q: %v, %v", given, cmd.Name(), err)
		}
		if err := cmd.ParseFlags(rest); err != nil || cmd.Flags().NArg() > 0 {
			t.Fatalf("%q: %v, %d words that are no flags", given, err, cmd.Flags().NArg())
		}
		shard, err := plan.ParseShard(cmd.Flag("shard").Value.String())
		if want := (plan.Shard{Index: index, Count: shards}); err != nil || shard != want {
			t.Errorf("pod %d is shard %v, %v; want %v", index, shard, err, want)
		}
	}
}

func TestDeployedJob(t *testing.T) {
	t.Parallel()
	j := readJob(t, filepath.Join(deployed, "job.yaml"))
	if j.APIVersion != "batch/v1" || j.Kind != "Job" {
		t.Errorf("%s %s", j.APIVersion, j.Kind)
	}
	checkShards(t, j, j.Spec.Completions)
	if j.Spec.Completions < 2 {
		t.Errorf("%d shards are none", j.Spec.Completions)
	}
	// With backoffLimit 0, the first shard to fail would have the others stopped.
	if n := j.Spec.BackoffLimitPerIndex; n == nil || *n != 0 || j.Spec.BackoffLimit != nil {
		t.Error("a shard that fails must not be begun again, and not end the others")
	}
	pod := j.Spec.Template.Spec
	if pod.RestartPolicy != "Never" || pod.EnableServiceLinks == nil || *pod.EnableServiceLinks {
		t.Errorf("restartPolicy %s, enableServiceLinks %v", pod.RestartPolicy, pod.EnableServiceLinks)
	}
	for _, c := range pod.SpreadConstraints {
		for name, value := range c.LabelSelector.MatchLabels {
			if j.Spec.Template.Metadata.Labels[name] != value {
				t.Errorf("pods are spread by %s=%s, which they do not have", name, value)
			}
		}
	}

	twins := map[string]bool{}
	loadCommand().Flags().VisitAll(func(f *pflag.Flag) { twins[twin(f.Name)] = true })
	container := pod.Containers[0]
	for _, variable := range container.Env {
		if !twins[variable.Name] {
			t.Errorf("%s is the twin of no flag of ttcheck load", variable.Name)
		}
	}
	for _, arg := range container.Args {
		_, path, isPath := strings.Cut(arg, "=/")
		mounted := false
		for _, mount := range container.VolumeMounts {
			mounted = mounted || strings.HasPrefix("/"+path, mount.MountPath+"/")
		}
		if isPath && !mounted {
			t.Errorf("%s is in no volume", arg)
		}
	}

	file, err := os.Open(filepath.Join(deployed, "plan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p, err := plan.Read(file)
	if err == nil {
		err = p.Validate()
	}
	if err != nil {
		t.Fatalf("plan.yaml: %v", err)
	}
	if limit := time.Duration(j.Spec.ActiveDeadline) * time.Second; limit < p.Total()+5*time.Minute {
		t.Errorf("the job ends after %v, and the plan takes %v", limit, p.Total())
	}
}

// fakeCluster stands for kubectl: it notes what it is asked, keeps the manifest, and has
// the logs that lie in its directory.
const fakeCluster = `#!/bin/sh
printf '%s\n' "$*" >>"$CLUSTER/asked"
case "$1 $2" in
"get job") printf 'FailureTarget\nFailed\n' ;;
"create -f") cp "$3" "$CLUSTER/job.yaml" ;;
"logs "*) cat "$CLUSTER/${4##*=}.log" ;;
esac
`

// merger stands for ttcheck on the PATH.
const merger = "#!/bin/sh\n" + asMain + "=1 exec \"$SELF\" \"$@\"\n"

// TestDeployedScript has run.sh make a job of three shards, and merge what their pods wrote.
func TestDeployedScript(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no shell")
	}
	for name, test := range map[string]struct {
		lost     int64 // by the last shard
		silent   bool  // the last shard made no report
		code     int
		says     string
		removing bool
	}{
		"sound":      {0, false, report.ExitOK, "HELD: all ", true},
		"broken":     {2, false, report.ExitThreshold, "lost==0: 2", true},
		"incomplete": {0, true, 1, "shard 2 made no report: ttcheck: it cannot be", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for i := range 3 {
				lost := test.lost
				if i < 2 {
					lost = 0
				}
				podLog(t, filepath.Join(dir, fmt.Sprintf("%d.log", i)), i, lost, test.silent && i == 2)
			}
			for name, script := range map[string]string{"kubectl": fakeCluster, "ttcheck": merger} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			out := filepath.Join(dir, "out")
			limit, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(limit, filepath.Join(deployed, "run.sh"), "--threshold", "events>=1")
			cmd.WaitDelay = time.Second // a script that waits for ever has a child that does
			cmd.Env = []string{
				"PATH=" + dir + ":" + os.Getenv("PATH"), "CLUSTER=" + dir, "SELF=" + os.Args[0], "GORACE=atexit_sleep_ms=10",
				"IMAGE=images.example/ttcheck:1", "TARGET=192.0.2.10", "SHARDS=3", "OUT=" + out,
			}
			said, err := cmd.CombinedOutput()
			if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
				t.Fatal(err)
			}
			if code := cmd.ProcessState.ExitCode(); code != test.code || !strings.Contains(string(said), test.says) {
				t.Errorf("exit code %d, want %d and %q; it says:\n%s", code, test.code, test.says, said)
			}
			j := readJob(t, filepath.Join(dir, "job.yaml"))
			checkShards(t, j, 3)
			if image := j.Spec.Template.Spec.Containers[0].Image; image != "images.example/ttcheck:1" {
				t.Errorf("image %s", image)
			}
			asked, err := os.ReadFile(filepath.Join(dir, "asked"))
			if err != nil {
				t.Fatal(err)
			}
			if removed := strings.Contains(string(asked), "\ndelete job,configmap ttcheck-load"); removed != test.removing {
				t.Errorf("pods removed: %v; it asked:\n%s", removed, asked)
			}
		})
	}
}

// podLog writes what a pod has in its log: both outputs, one after the other.
func podLog(t *testing.T, path string, shard int, lost int64, silent bool) {
	t.Helper()
	var text bytes.Buffer
	text.WriteString("\nttcheck load 0.1.0\n\n  plan       4000 sockets {header}\n")
	if silent {
		text.WriteString("ttcheck: it cannot be\n")
	} else if err := report.WriteLoadJSON(&text, shardReport(shard, lost)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func shardReport(shard int, lost int64) report.Load {
	l := report.Load{
		Head: report.LoadHead{Target: "192.0.2.10:8000", Shard: shard, Shards: 3, Started: time.Unix(1_800_000_000, 0)},
		Plan: []byte(`{"sockets":3}`), Counters: map[string]int64{},
	}
	for _, m := range report.Metrics {
		if m.Kind == report.Counting {
			l.Counters[m.Name] = 0
		}
	}
	l.Counters[report.MetricEvents], l.Counters[report.MetricLost] = 10, lost
	return l
}
