using Actors.Runtime.Tests.Generation;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

[GrainType(Name)]
public sealed class RemoteGrain(ILocalSiloDetails silo) : Grain, IRemoteGrain
{
    public const string Name = "test.remote";

    private readonly List<int> _noted = [];

    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToString());

    public Task<byte[]> Echo(byte[] bytes) => Task.FromResult(bytes);

    public Task Note(int number)
    {
        _noted.Add(number);
        return Task.CompletedTask;
    }

    public ValueTask<int> Count(int number)
    {
        _noted.Add(number);
        return new ValueTask<int>(_noted.Count);
    }

    public Task<int[]> Noted() => Task.FromResult(_noted.ToArray());

    public Task Fail(string kind) => throw (kind switch
    {
        "facts" => new PartitionMissingException("orders", 3),
        "busy" => new LimitExceededException("the grain's own"),
        "unknown" => new LocalOnlyException("only here"),
        _ => new InvalidOperationException(kind),
    });

    public Task<string> AskWhere(IRemoteGrain other) => other.Where();

    public Task<IRemoteGrain> Self() => Task.FromResult(this.AsReference<IRemoteGrain>());

    /// <summary>Has no codec.</summary>
    private sealed class LocalOnlyException(string message) : Exception(message);
}
