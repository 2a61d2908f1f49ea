using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Actors.Dashboard;

/// <summary>The web page at <c>/</c>: rendered on the server when somebody looks, without a session; it asks for itself again every two seconds.</summary>
public static class DashboardPage
{
    /// <summary>The query's name for a grain to look for: <c>/?grain=class/key</c>.</summary>
    private const string GrainQuery = "grain";

    /// <summary>Adds the page.</summary>
    public static IEndpointConventionBuilder MapDashboard(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/", async (HttpContext context) =>
        {
            await using var renderer = new HtmlRenderer(context.RequestServices, context.RequestServices.GetRequiredService<ILoggerFactory>());
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(Overview.Model)] = await OverviewModel.ReadAsync(context.RequestServices, context.Request.Query[GrainQuery]),
            });
            var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Overview>(parameters)).ToHtmlString());
            return Results.Content(html, "text/html; charset=utf-8");
        });
}
