namespace Actors.Silo.Telemetry;

/// <summary>Registers telemetry.</summary>
public static class TelemetryServices
{
    /// <summary>Adds metrics, their exporters and traces; starts first and stops last.</summary>
    public static IServiceCollection AddSiloTelemetry(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<PrometheusExporter>();
        services.AddSingleton<ProcessMetrics>();
        services.AddSingleton<SiloTelemetry>();
        return services.AddHostedService(static provider => provider.GetRequiredService<SiloTelemetry>());
    }
}
