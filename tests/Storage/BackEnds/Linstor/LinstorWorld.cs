using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Linstor;

namespace Actors.Storage.Tests.BackEnds.Linstor;

/// <summary>A resource on two nodes, a tie-breaker on the third, and the controller behind it.</summary>
internal sealed class LinstorWorld : BackEndWorld
{
    public const long SizeKiB = 1_000_000;

    private readonly HttpClient _http = new();

    public LinstorWorld(bool hasTieBreaker = false)
    {
        foreach (var place in ((string, string)[])[("n1", "cold"), ("n2", "cold"), ("n3", "hot")]) Service.Pools[place] = new(50_000_000);
        Service.Definitions["v"] = new(SizeKiB);
        Service.Definitions["v"].Props["Aux/app"] = "db";
        Service.Add("v", "n1", "cold");
        Service.Add("v", "n2", "cold");
        if (hasTieBreaker) Service.Add("v", "n3", null);
        (SourcePool, TargetPool) = ("n1/cold", "n3/hot");
        BackEnd = new LinstorBackEnd(_http, new() { Address = Service.Address }, TimeProvider.System);
    }

    public FakeLinstor Service { get; } = new();

    public override IVolumeBackEnd BackEnd { get; }

    public override IReadOnlyList<string> OtherPools => ["n2/cold"];

    public FakeLinstor.Definition Own => Service.Definitions["v"];

    public override Task CrashAsync() => Task.CompletedTask; // it holds nothing

    public override Task PassAsync()
    {
        Service.Pass();
        return Task.CompletedTask;
    }

    public override Task<string> ChecksumAsync() => Task.FromResult("");

    public override async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _http.Dispose();
    }
}
