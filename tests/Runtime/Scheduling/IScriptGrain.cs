using Orleans;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>A grain whose calls wait at gates. "x+" is logged when call x begins, "x-" when it ends.</summary>
[Alias("test.IScriptGrain")]
public interface IScriptGrain : IGrainWithStringKey
{
    [Alias("Normal")]
    Task<string> Normal(string step);

    [AlwaysInterleave, Alias("Always")]
    Task<string> Always(string step);

    [ReadOnly, Alias("Read")]
    Task<string> Read(string step);

    [OneWay, Alias("OneWay")]
    Task OneWay(string step);

    [OneWay, Alias("OneWayValue")]
    ValueTask OneWayValue(string step);

    [Alias("Fast")]
    Task<int> Fast(int value);

    [Alias("FastValue")]
    ValueTask<int> FastValue(int value);

    [Alias("SlowValue")]
    ValueTask<int> SlowValue(int value);

    [Alias("Nothing")]
    ValueTask Nothing();

    [Alias("Deactivate")]
    Task Deactivate();
}
