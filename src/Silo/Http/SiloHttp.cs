using Actors.Dashboard;
using Actors.Silo.Health;
using Actors.Silo.Hosting;
using Actors.Silo.Telemetry;

namespace Actors.Silo.Http;

/// <summary>What the HTTP listener answers.</summary>
public static class SiloHttp
{
    /// <summary>Builds the pipeline: routes, the gate, endpoints.</summary>
    public static void Configure(IApplicationBuilder application)
    {
        application.UseRouting();
        application.UseMiddleware<ReadyGate>();
        application.UseEndpoints(static endpoints =>
        {
            var always = endpoints.MapGroup("").WithMetadata(new AnswersAlwaysAttribute());
            always.MapHealth();
            always.MapStatus();
            always.MapMetrics();
            endpoints.MapDashboard(Facts);
        });
    }

    private static SiloFacts Facts(IServiceProvider services)
    {
        var (silo, health) = (services.GetRequiredService<SiloIdentity>(), services.GetRequiredService<SiloHealth>());
        return new(silo.Name, silo.NodeId, silo.Version, health.Status, health.Reasons(), silo.KafkaAddress, silo.Uptime);
    }
}
