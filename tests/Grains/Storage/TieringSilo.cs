using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Actors.Grains.Storage;
using Actors.Grains.Tests.Support;
using Actors.Grains.Tests.Work;
using Actors.Grains.Work;
using Actors.Placement;
using Actors.Storage.BackEnds;
using Actors.Storage.Heat;
using Actors.Storage.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace Actors.Grains.Tests.Storage;

/// <summary>A silo with the tiering controller on virtual time, over a world and stored state that outlive it.</summary>
internal sealed class TieringSilo : IAsyncDisposable
{
    private readonly StateShelf.Door _door;
    private readonly TestMeters _meters = new();
    private IHost? _host;

    private TieringSilo(VirtualTime time, VolumeWorld world, WorldHeat heat, StateShelf shelf, TieringSettings settings, IPolicySource? source)
    {
        (Time, World, Heat, Shelf, Settings, Source) = (time, world, heat, shelf, settings, source);
        BackEnd = new WorldBackEnd(world);
        _door = new StateShelf.Door(shelf) { Died = () => BackEnd.IsDead = true };
    }

    public VirtualTime Time { get; }

    public VolumeWorld World { get; }

    public WorldHeat Heat { get; }

    public StateShelf Shelf { get; }

    public TieringSettings Settings { get; }

    /// <summary>Where policies are kept; null: in the silo.</summary>
    public IPolicySource? Source { get; }

    public WorldBackEnd BackEnd { get; }

    public TestMeters Meters => _meters;

    public StateShelf.Door Door => _door;

    public IPoliciesGrain Policies => Factory.GetGrain<IPoliciesGrain>(IPoliciesGrain.Key);

    public ISharesGrain Shares => Factory.GetGrain<ISharesGrain>(ISharesGrain.Key);

    private IGrainFactory Factory => _host!.Services.GetRequiredService<IGrainFactory>();

    /// <summary>A silo over three nodes with a hot and a cold pool each.</summary>
    public static async Task<TieringSilo> StartAsync(TieringSettings? settings = null, IPolicySource? source = null)
    {
        var time = new VirtualTime();
        var silo = new TieringSilo(time, new VolumeWorld(time), new WorldHeat(time), new StateShelf(), settings ?? new TieringSettings(), source);
        foreach (var node in (string[])["a", "b", "c"])
        {
            silo.World.AddPool($"hot-{node}", node, "hot");
            silo.World.AddPool($"cold-{node}", node, "cold");
        }

        await silo.RunAsync();
        return silo;
    }

    /// <summary>A silo with the policy "fast", and with a volume "v" in a cold pool that wants a hot one.</summary>
    public static async Task<TieringSilo> StartHotAsync(string policy = "", TieringSettings? settings = null)
    {
        var silo = await StartAsync(settings);
        silo.World.AddVolume("v", "cold-a");
        silo.Heat.Iops["v"] = 9_000;
        await silo.ApplyAsync(policy);
        return silo;
    }

    /// <summary>Another silo over the same world, after this one's death.</summary>
    public Task<TieringSilo> SucceedAsync()
    {
        Kill();
        return FollowAsync();
    }

    /// <summary>Another silo over the same world, after this one has ended: by its death when it is dead, and else as a silo that is told to.</summary>
    public async Task<TieringSilo> FollowAsync()
    {
        await DisposeAsync();
        var next = new TieringSilo(Time, World, Heat, Shelf, Settings, Source);
        await next.RunAsync();
        await next.SweepAsync();
        return next;
    }

    /// <summary>From now on it has no effect on anything.</summary>
    public void Kill() => (_door.IsShut, BackEnd.IsDead) = (true, true);

    public IVolumeGrain Volume(string name) => Factory.GetGrain<IVolumeGrain>(name);

    public Task SweepAsync() => _host!.Services.GetRequiredService<Sweeper>().SweepAsync(CancellationToken.None).WaitAsync(TestGuard.Limit);

    /// <summary>Has a volume move.</summary>
    /// <returns>Why it does not; null when it does.</returns>
    public async Task<string?> MigrateAsync(string volume, string? sourcePool, string targetPool) =>
        (await Policies.Migrate(volume, sourcePool, targetPool).WaitAsync(TestGuard.Limit)).Refusal;

    public async Task ApplyAsync(string extra = "", string name = "fast")
    {
        var changes = await Policies.Apply(Yaml(name, extra)).WaitAsync(TestGuard.Limit);
        Assert.Empty(changes.Mistakes);
    }

    public static string Yaml(string name, string extra) => $$"""
        apiVersion: storage.billyronks.io/v1
        kind: StoragePolicy
        metadata: { name: {{name}} }
        spec:
          hotPoolSelector: { matchLabels: { tier: hot } }
          coldPoolSelector: { matchLabels: { tier: cold } }
          {{extra}}
        """;

    public async Task<StoragePolicyStatus> StatusAsync(string name = "fast")
    {
        var policy = (await Policies.Read().WaitAsync(TestGuard.Limit)).Single(one => one.Name == name);
        return StoragePolicyStatus.FromJson(JsonNode.Parse(policy.Json)!["status"]);
    }

    /// <summary>Has time pass in small pieces until something is so.</summary>
    public Task PassUntilAsync(Func<Task<bool>> condition, string what, long stepMs = 500) => TestGuard.UntilAsync(
        async () =>
        {
            if (await condition()) return true;
            Time.Pass(stepMs);
            return false;
        },
        what);

    public Task PassUntilAsync(Func<bool> condition, string what, long stepMs = 500) => PassUntilAsync(() => Task.FromResult(condition()), what, stepMs);

    /// <summary>Reconciles a number of times, as far apart as readings must be to count.</summary>
    public async Task ReconcileAsync(int times)
    {
        for (var round = 0; round < times; round++)
        {
            Time.Pass(30_000);
            await Policies.Reconcile().WaitAsync(TestGuard.Limit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is null) return;
        await TestGuard.SoonAsync(_host.StopAsync(), "the silo stops");
        _host.Dispose();
        _meters.Dispose();
        _host = null;
    }

    private Task RunAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var random = new Random(7);
        var node = new OneNode(1);
        builder.Services
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IMeterFactory>(_meters)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddSingleton(new IdSource(random.NextBytes))
            .AddSingleton(Settings)
            .AddSingleton<IVolumeBackEnd>(BackEnd)
            .AddSingleton<IHeatSource>(Heat)
            .AddSingleton<IClusterNodes>(node)
            .AddSingleton<IBrokerDirectory>(node)
            .AddSingleton<IWorkList>(Shelf)
            .AddSweeper()
            .AddTiering()
            .AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => _door);
        if (Source is not null) builder.Services.AddSingleton(Source);
        builder.UseOrleans(orleans => orleans.UseSingleNode(1));
        _host = builder.Build();
        return _host.StartAsync();
    }
}
