package report
import ("testing";"bytes";"time";"runtime";"math/rand/v2")
func TestZZ(t *testing.T){
 r:=rand.New(rand.NewPCG(1,1))
 var l Load
 for i:=range 86400 {
  h:=NewHistogram()
  for range 2000 { _=h.RecordValue(int64(1000*(1+r.ExpFloat64()*3))) }
  s:=LoadSecond{At:i,Latency:h}; 
  if i==0 {t0:=time.Now(); s.Pack(); t.Log("pack",time.Since(t0), len(s.Packed))}
  s.Pack(); l.Series=append(l.Series,s)
 }
 var m runtime.MemStats
 mem:=func(what string,t0 time.Time){ d:=time.Since(t0); runtime.ReadMemStats(&m); t.Log(what,d,"sys MB",m.Sys>>20,"heap",m.HeapAlloc>>20)}
 t0:=time.Now(); var b bytes.Buffer
 if err:=WriteLoadJSON(&b,l);err!=nil{t.Fatal(err)}
 mem("write",t0); t.Log(b.Len()>>20)
 t0=time.Now(); x,err:=ReadLoadJSON(&b); if err!=nil{t.Fatal(err)}
 mem("read",t0); _=x
 t0=time.Now(); if _,err:=MergeLoads([]Load{x});err!=nil{t.Fatal(err)}
 mem("merge",t0)
 t0=time.Now(); var c bytes.Buffer; if err:=WriteLoadCSV(&c,x);err!=nil{t.Fatal(err)}
 mem("csv",t0)
}
