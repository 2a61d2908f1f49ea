using Actors.Grains.Tests.Support;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Mayastor;

namespace Actors.Storage.Tests.BackEnds.Mayastor;

/// <summary>A volume with two replicas, one of them beside its target, and the service behind it.</summary>
internal sealed class MayastorWorld : BackEndWorld
{
    public const long SizeBytes = 1_000_000_000;

    private readonly HttpClient _http = new();

    public MayastorWorld(string target = "n1")
    {
        foreach (var (pool, node) in ((string, string)[])[("cold-a", "n1"), ("cold-b", "n2"), ("hot-c", "n3"), ("hot-d", "n4")])
        {
            Service.Nodes[node] = [];
            Service.Pools[pool] = new(node, pool == "hot-d" ? 90_000_000_000 : 50_000_000_000);
        }

        Service.Add(Volume, SizeBytes, target, "cold-a", "cold-b");
        BackEnd = New();
    }

    public FakeMayastor Service { get; } = new();

    public VirtualTime Time { get; } = new();

    public override IVolumeBackEnd BackEnd { get; }

    public override IReadOnlyList<string> OtherPools => ["cold-b"];

    public FakeMayastor.Volume Own => Service.Volumes[Volume];

    public override Task CrashAsync() => Task.CompletedTask; // it holds nothing

    public override Task PassAsync()
    {
        Service.Pass();
        return Task.CompletedTask;
    }

    public override Task<string> ChecksumAsync() => Task.FromResult("");

    public MayastorBackEnd New() => new(_http, new() { Address = Service.Address, PageEntries = 2 }, Time);

    public override async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _http.Dispose();
    }
}
