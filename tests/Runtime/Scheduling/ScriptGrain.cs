using Actors.Runtime.Tests.Support;
using Orleans;

namespace Actors.Runtime.Tests.Scheduling;

[GrainType("test.script")]
public sealed class ScriptGrain(Probe probe) : Script(probe), IScriptGrain;
