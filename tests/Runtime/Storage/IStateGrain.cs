using Orleans;

namespace Actors.Runtime.Tests.Storage;

[Alias("test.IStateGrain")]
public interface IStateGrain : IGrainWithStringKey
{
    [Alias("Read")]
    Task<string> Read();

    [Alias("Write")]
    Task Write(string text);

    /// <summary>Writes, and catches a conflict.</summary>
    [Alias("TryWrite")]
    Task<bool> TryWrite(string text);

    [Alias("Reread")]
    Task Reread();

    [Alias("Clear")]
    Task Clear();

    /// <summary>Calls another's write.</summary>
    [Alias("WriteThrough")]
    Task WriteThrough(string other, string text);

    [Alias("Instance")]
    Task<int> Instance();
}
