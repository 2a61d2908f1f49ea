using System.CommandLine;
using Actors.Cli.Output;
using Spectre.Console;

namespace Actors.Cli.Agents;

/// <summary><c>actors agents forget</c>: takes agents that are gone for good off the lists. It is run on a silo's machine.</summary>
internal static class ForgetCommand
{
    /// <summary>The command.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var secret = new SecretOption();
        var ids = new Argument<Guid[]>("id")
        {
            Description = "Ids of agents that are not connected.",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result =>
            {
                var parsed = new List<Guid>();
                foreach (var text in result.Tokens.Select(static token => token.Value))
                {
                    if (Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty) parsed.Add(id);
                    else result.AddError($"'{text}' is no id; an id is a UUID of the form 8-4-4-4-12.");
                }

                return [.. parsed];
            },
        };
        var command = new Command("forget", "Takes agents that are away off the lists, with what they measured; their tokens, and the log of their connections, stay. It is run on the machine of a silo, as its user.") { ids };
        command.Options.Add(secret.DataDirectory);
        command.SetAction(async (arguments, token) =>
        {
            using var silo = new SiloClient(global.ReadHttp(arguments), secret.Read(arguments), time);
            var (forgotten, refusals) = (new List<Guid>(), new List<string>());
            foreach (var id in arguments.GetRequiredValue(ids))
            {
                try
                {
                    await silo.SendAsync(HttpMethod.Delete, AddressOf(id), CliJson.Default.HttpRefusal, token);
                    forgotten.Add(id);
                }
                catch (CliException refusal)
                {
                    refusals.Add($"{id:D}: {refusal.Message}");
                    if (refusal.Status is null || refusal.IsTransient) break; // nor would the others get another answer
                }
            }

            // Those that are gone are told also where another one stays.
            ResultWriter.Write(
                console,
                global.ReadFormat(arguments),
                new ForgottenAgents(forgotten),
                CliJson.Default.ForgottenAgents,
                static list => list.Forgotten.Select(static id => new Text($"{id:D} forgotten")));
            return refusals.Count == 0 ? ActorsProgram.Succeeded : throw new CliException(string.Join(Environment.NewLine, refusals));
        });
        return command;
    }

    /// <summary>The address at which an agent is forgotten.</summary>
    public static string AddressOf(Guid agent) => $"/api/v1/agents/{agent:D}";
}
