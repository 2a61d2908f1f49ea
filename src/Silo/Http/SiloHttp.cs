using Actors.Dashboard;
using Actors.Gateway.Agents;
using Actors.Gateway.Nodes;
using Actors.Gateway.Storage;
using Actors.Silo.Telemetry;

namespace Actors.Silo.Http;

/// <summary>What the HTTP listener answers.</summary>
public static class SiloHttp
{
    /// <summary>Builds the pipeline: routes, the gate, endpoints.</summary>
    public static void Configure(IApplicationBuilder application)
    {
        application.UseWebSockets();
        application.UseRouting();
        application.UseMiddleware<ReadyGate>();
        application.UseEndpoints(static endpoints =>
        {
            var always = endpoints.MapGroup("").WithMetadata(new AnswersAlwaysAttribute());
            always.MapHealth();
            always.MapStatus();
            always.MapMetrics();
            endpoints.MapCluster();
            endpoints.MapNodes();
            endpoints.MapAgents();
            endpoints.MapStorage();
            endpoints.MapDashboard();
        });
    }
}
