using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Scheduling;

[Reentrant]
[GrainType("test.reentrant")]
public sealed class ReentrantScriptGrain(Probe probe) : Script(probe), IReentrantScriptGrain;
