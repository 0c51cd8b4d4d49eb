// Package spec is what the chapters of the executable specification are written
// with: a case, its needs and its context, probes for long waits, orders that are
// cleared again, and the judgement of what was seen.
//
// It knows nothing of Ginkgo; the runner in package suites turns cases into specs.
package spec
