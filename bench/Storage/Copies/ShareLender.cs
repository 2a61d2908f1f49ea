using Actors.Grains;
using Actors.Grains.Storage;
using Actors.Storage.BackEnds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;

namespace Actors.Bench.Storage.Copies;

/// <summary>The grain that lends shares, in a silo of its own, with one link of the profile 2.5G between two nodes; and what copies over it ask, as a volume's grain does.</summary>
internal sealed class ShareLender : IAsyncDisposable
{
    private static readonly TieringSettings Settings = new()
    {
        Links = LinkSettings.Read("link=a~b@2.5G", []),
        MaxCopiesPerPool = 4,
        MaxCopyBytesPerSecond = long.MaxValue,
    };

    private static readonly OrderedMove Move = new() { SourcePool = CopyWorld.Cold, SourceNode = "a", TargetPool = CopyWorld.Hot, TargetNode = "b" };

    private readonly IHost _host;
    private readonly Dictionary<string, CopyGrant> _grants = [];
    private readonly Lock _lock = new();

    private ShareLender(IHost host) => _host = host;

    private ISharesGrain Shares => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<ISharesGrain>(ISharesGrain.Key);

    /// <summary>Starts the silo.</summary>
    public static async Task<ShareLender> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(Settings).AddSingleton(new IdSource(System.Security.Cryptography.RandomNumberGenerator.Fill)).AddSingleton<StorageMetrics>().AddMetrics();
        builder.UseOrleans(static silo => silo.UseLocalhostClustering());
        var lender = new ShareLender(builder.Build());
        await lender._host.StartAsync();
        return lender;
    }

    /// <summary>What the link has for copies. Bytes per second.</summary>
    public async Task<long> BudgetAsync() => (await Shares.Describe()).Single().BudgetBytesPerSecond;

    /// <summary>What a copy is lent now; 0 until every share of an earlier lender would have ended.</summary>
    public async Task<CopyRate> AskAsync(string volume)
    {
        CopyGrant? last;
        lock (_lock) last = _grants.GetValueOrDefault(volume);
        var grant = await Shares.Ask(new CopyAsk { Volume = volume, Move = Move, Run = last?.Run ?? 0, GoesByGrant = last?.Number ?? 0 });
        lock (_lock) _grants[volume] = grant;
        return new CopyRate(grant.BytesPerSecond, TimeSpan.FromMilliseconds(grant.IsSettling ? Settings.ShareTimeToLive.TotalMilliseconds : grant.TimeToLiveMs), CopyRoute.Of(Move, Settings).Pacing(Settings));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
