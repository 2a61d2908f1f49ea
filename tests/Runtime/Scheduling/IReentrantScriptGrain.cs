using Orleans;

namespace Actors.Runtime.Tests.Scheduling;

[Alias("test.IReentrantScriptGrain")]
public interface IReentrantScriptGrain : IScriptGrain;
