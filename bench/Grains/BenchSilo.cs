using Actors.Silo.Stores.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Orleans;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace Actors.Bench.Grains;

/// <summary>A silo in this process, with its metrics collected every second and dropped.</summary>
internal sealed class BenchSilo : IAsyncDisposable
{
    private const int CollectMs = 1000;

    private readonly IHost _host;
    private readonly MeterProvider _metrics;

    private BenchSilo(IHost host, MeterProvider metrics)
    {
        _host = host;
        _metrics = metrics;
    }

    /// <summary>Makes references.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts a silo; grains keep their state in <paramref name="database"/>, which stays the caller's.</summary>
    public static async Task<BenchSilo> StartAsync(SqliteDatabase? database)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            if (database is not null)
            {
                silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, name) => new SqliteGrainStorage(name, database));
            }
        });
        IHost host = builder.Build();
        MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Actors.*", "Microsoft.Orleans")
            .AddReader(new PeriodicExportingMetricReader(new DiscardingExporter(), CollectMs))
            .Build();
        await host.StartAsync();
        return new BenchSilo(host, metrics);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        _metrics.Dispose();
    }
}
