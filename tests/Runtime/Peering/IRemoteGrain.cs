using Orleans;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Peering;

[Alias("test.IRemoteGrain")]
public interface IRemoteGrain : IGrainWithStringKey
{
    /// <summary>The silo that runs the grain.</summary>
    [Alias("Where")]
    Task<string> Where();

    [Alias("Echo")]
    Task<byte[]> Echo(byte[] bytes);

    [Alias("Note"), OneWay]
    Task Note(int number);

    [Alias("Count")]
    ValueTask<int> Count(int number);

    /// <summary>What was noted and counted, in order.</summary>
    [Alias("Noted")]
    Task<int[]> Noted();

    /// <summary>Throws an exception of a kind.</summary>
    [Alias("Fail")]
    Task Fail(string kind);

    /// <summary>Asks another grain where it is.</summary>
    [Alias("AskWhere")]
    Task<string> AskWhere(IRemoteGrain other);

    [Alias("Self")]
    Task<IRemoteGrain> Self();
}
