using Actors.Runtime.Activations;
using Actors.Runtime.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Support;

/// <summary>A silo for one test: with a probe, and with virtual time where the test asks for it.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private TestSilo(IHost host, VirtualTime? time, CapturedLog log)
    {
        _host = host;
        Time = time!;
        Log = log;
    }

    public VirtualTime Time { get; }

    public CapturedLog Log { get; }

    public Probe Probe => Services.GetRequiredService<Probe>();

    public IServiceProvider Services => _host.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public LocalSilo Local => Services.GetRequiredService<LocalSilo>();

    public static async Task<TestSilo> StartAsync(Action<ISiloBuilder>? configure = null, bool virtualTime = false)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        var time = virtualTime ? new VirtualTime() : null;
        var log = new CapturedLog();
        builder.Logging.AddProvider(log);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        if (time is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(time);
        }

        builder.Services.AddSingleton<Probe>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            silo.AddMemoryGrainStorageAsDefault();
            configure?.Invoke(silo);
        });
        IHost host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }

        return new TestSilo(host, time, log);
    }

    /// <summary>The present activation of a grain; null when it has none.</summary>
    public IGrainContext? Context(IAddressable grain)
    {
        GrainId id = grain.GetGrainId();
        return Local.References.TryGetClass(id.Type, out GrainClass? grainClass) && grainClass.TryGet(id.Key, out Activation? activation) ? activation : null;
    }

    public Task StopAsync(CancellationToken token = default) => _host.StopAsync(token);

    public async ValueTask DisposeAsync()
    {
        Probe.OpenAll();
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
