using Actors.Grains.Overview;
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

    /// <summary>Starts a silo.</summary>
    /// <param name="database">Keeps the grains' state, and stays the caller's; null: they have none.</param>
    /// <param name="counted">Whether the overview's filter counts and times calls, as it does in the executable.</param>
    public static async Task<BenchSilo> StartAsync(SqliteDatabase? database, bool counted = false)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            if (database is not null)
            {
                silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, name) => new SqliteGrainStorage(name, database));
            }

            if (counted)
            {
                silo.AddOverview();
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
