using System.Globalization;
using Actors.Runtime.Generator.Models;
using Microsoft.CodeAnalysis;

namespace Actors.Runtime.Generator.Analysis;

/// <summary>Reads a grain or observer interface.</summary>
internal sealed class InterfaceAnalyzer
{
    private readonly INamedTypeSymbol _type;
    private readonly List<DiagnosticInfo> _findings = [];
    private bool _broken;

    private InterfaceAnalyzer(INamedTypeSymbol type) => _type = type;

    /// <summary>Null when the declaration is no grain interface, or one part of one that another part speaks for.</summary>
    public static Found<InterfaceModel>? Analyze(GeneratorSyntaxContext context, CancellationToken token)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, token) is not INamedTypeSymbol type
            || !GrainInterfaces.IsAddressable(type)
            || GrainInterfaces.IsMarker(type)
            || !IsFirstPart(type, context.Node))
        {
            return null;
        }

        var analyzer = new InterfaceAnalyzer(type);
        var model = analyzer.ToModel();
        return new Found<InterfaceModel>(analyzer._broken ? null : model, new EquatableArray<DiagnosticInfo>(analyzer._findings));
    }

    /// <summary>A partial type is analysed once.</summary>
    internal static bool IsFirstPart(INamedTypeSymbol type, SyntaxNode node)
    {
        var first = type.DeclaringSyntaxReferences
            .OrderBy(static reference => reference.SyntaxTree.FilePath, StringComparer.Ordinal)
            .ThenBy(static reference => reference.Span.Start)
            .First();
        return first.SyntaxTree == node.SyntaxTree && first.Span == node.Span;
    }

    private InterfaceModel? ToModel()
    {
        if (_type.IsGenericType || _type.ContainingType is { IsGenericType: true })
        {
            Refuse(_type, "is generic; grain interfaces have no type parameters");
            return null;
        }

        if (!Names.IsReachable(_type))
        {
            Refuse(_type, "is private, protected or local to its file, so generated code cannot name it; make it internal");
            return null;
        }

        if (!Names.Has(_type, Names.Alias) && !Names.IsNamedByOrleans(_type))
        {
            _findings.Add(DiagnosticInfo.Create(Descriptors.MissingAlias, _type, Names.Sentence(_type)));
        }

        var inherited = new List<MethodModel>();
        foreach (var basis in _type.AllInterfaces)
        {
            if (GrainInterfaces.IsMarker(basis) || basis.GetMembers().IsEmpty)
            {
                continue;
            }

            if (!GrainInterfaces.IsAddressable(basis) || basis.IsGenericType)
            {
                Refuse(_type, $"derives from {Names.Sentence(basis)}, which is no grain interface, so its members cannot be called from elsewhere");
                continue;
            }

            inherited.AddRange(Methods(basis, report: false));
        }

        var own = Methods(_type, report: true);
        return new InterfaceModel(
            Names.Code(_type),
            Names.Mangled(_type),
            WireName(_type),
            Names.Attribute(_type, Names.Version)?.ConstructorArguments.FirstOrDefault().Value as ushort? ?? 0,
            Names.IsPublic(_type),
            new EquatableArray<MethodModel>(own),
            new EquatableArray<MethodModel>(inherited));
    }

    private void Refuse(ISymbol place, string reason)
    {
        _broken = true;
        _findings.Add(DiagnosticInfo.Create(Descriptors.InterfaceShape, place, Names.Sentence(place), reason));
    }

    private void Report(DiagnosticDescriptor descriptor, ISymbol place, params string[] arguments)
    {
        _broken |= descriptor.DefaultSeverity == DiagnosticSeverity.Error;
        _findings.Add(DiagnosticInfo.Create(descriptor, place, arguments));
    }

    private static string WireName(INamedTypeSymbol type) => Names.Aliases(type).FirstOrDefault() ?? Names.Full(type);

    /// <param name="type">The interface that declares them.</param>
    /// <param name="report">False for an inherited interface, whose own analysis reports.</param>
    private List<MethodModel> Methods(INamedTypeSymbol type, bool report)
    {
        var methods = new List<MethodModel>();
        var wireNames = new HashSet<string>(StringComparer.Ordinal);
        var overloads = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var member in type.GetMembers())
        {
            if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary } method)
            {
                if (report && member is IPropertySymbol or IEventSymbol or IMethodSymbol { IsStatic: true, IsAbstract: true })
                {
                    Refuse(member, "is not a method, and only methods can be called from elsewhere");
                }

                continue;
            }

            if (method.IsStatic)
            {
                if (report && method.IsAbstract)
                {
                    Refuse(member, "is static abstract; a reference stands for one grain and has no statics");
                }

                continue;
            }

            overloads.TryGetValue(method.Name, out var overload);
            overloads[method.Name] = overload + 1;
            var model = ToMethod(type, method, overload, report);
            if (model is null)
            {
                _broken = true;
                continue;
            }

            if (!wireNames.Add(model.WireName) && report)
            {
                Report(Descriptors.DuplicateMethod, method, Names.Sentence(method), model.WireName);
            }

            methods.Add(model);
        }

        return methods;
    }

    private MethodModel? ToMethod(INamedTypeSymbol type, IMethodSymbol method, int overload, bool report)
    {
        var findingsBefore = _findings.Count;
        var sentence = Names.Sentence(method);
        if (method.IsGenericMethod)
        {
            Refuse(method, "is generic; the methods of a grain interface have no type parameters");
        }

        if (!Names.Has(method, Names.Alias) && !Names.IsNamedByOrleans(method))
        {
            Report(Descriptors.MissingAlias, method, sentence);
        }

        var (requestBase, resultType) = ReturnShape(method.ReturnType);
        if (requestBase is null)
        {
            Report(Descriptors.ReturnType, method, sentence, Names.Sentence(method.ReturnType));
        }

        var options = Options(method);
        if (resultType is not null && options.Contains("OneWay"))
        {
            Report(Descriptors.OneWayResult, method, sentence);
        }

        CodecUse? result = null;
        if (resultType is not null && !CodecResolver.TryResolve(resultType, out result, out var advice))
        {
            Report(Descriptors.NoCodec, method, Names.Sentence(resultType), $"the result of {sentence}", advice);
        }

        var hasToken = method.Parameters.LastOrDefault() is { } last && Names.Full(last.Type) == Names.CancellationToken;
        var parameters = Parameters(method, hasToken, sentence);
        var timeoutMs = TimeoutMs(method);
        if (!report)
        {
            var failed = _findings.Skip(findingsBefore).Any(static finding => finding.Descriptor.DefaultSeverity == DiagnosticSeverity.Error);
            _findings.RemoveRange(findingsBefore, _findings.Count - findingsBefore);
            if (failed)
            {
                return null;
            }
        }

        if (requestBase is null || (resultType is not null && result is null))
        {
            return null;
        }

        var suffix = overload == 0 ? "" : "_" + overload.ToString(CultureInfo.InvariantCulture);
        return new MethodModel(
            Names.Code(type),
            WireName(type),
            method.Name,
            Names.Aliases(method).FirstOrDefault() ?? method.Name,
            $"Request_{Names.Mangled(type)}_{method.Name}{suffix}",
            Names.GeneratedNamespace(type.ContainingAssembly),
            Names.Code(method.ReturnType),
            requestBase,
            result,
            result is { IsImmutable: false } && !method.GetReturnTypeAttributes().Any(static attribute => Names.Full(attribute.AttributeClass!) == Names.Immutable),
            new EquatableArray<string>(options),
            timeoutMs,
            hasToken,
            new EquatableArray<ParameterModel>(parameters));
    }

    private List<ParameterModel> Parameters(IMethodSymbol method, bool hasToken, string sentence)
    {
        var parameters = new List<ParameterModel>();
        foreach (var parameter in method.Parameters.Take(method.Parameters.Length - (hasToken ? 1 : 0)))
        {
            if (parameter.RefKind != RefKind.None)
            {
                Refuse(parameter, "is passed by reference, which does not reach another silo; pass it by value and return what changed");
            }
            else if (!CodecResolver.TryResolve(parameter.Type, out var codec, out var advice))
            {
                Report(Descriptors.NoCodec, parameter, Names.Sentence(parameter.Type), $"'{parameter.Name}' of {sentence}", advice);
            }
            else
            {
                parameters.Add(new ParameterModel(Names.Identifier(parameter.Name), codec, codec.IsImmutable || Names.Has(parameter, Names.Immutable)));
            }
        }

        return parameters;
    }

    private static (string? RequestBase, ITypeSymbol? Result) ReturnShape(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol named)
        {
            return (null, null);
        }

        var request = Names.Full(named) switch
        {
            "System.Threading.Tasks.Task" => "TaskRequest",
            "System.Threading.Tasks.ValueTask" => "ValueTaskRequest",
            _ => null,
        };
        return (request, request is not null && named.IsGenericType ? named.TypeArguments[0] : null);
    }

    private static List<string> Options(IMethodSymbol method)
    {
        var options = new List<string>();
        foreach (var (attribute, option) in new[]
                 {
                     (Names.OneWay, "OneWay"), (Names.ReadOnly, "ReadOnly"), (Names.AlwaysInterleave, "AlwaysInterleave"), (Names.Unordered, "Unordered"),
                 })
        {
            if (Names.Has(method, attribute))
            {
                options.Add(option);
            }
        }

        return options;
    }

    private double? TimeoutMs(IMethodSymbol method)
    {
        if (Names.Attribute(method, Names.ResponseTimeout) is not { } attribute)
        {
            return null;
        }

        if (attribute.ConstructorArguments.FirstOrDefault().Value is string text
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var timeout) && timeout > TimeSpan.Zero)
        {
            return timeout.TotalMilliseconds;
        }

        Refuse(method, "has a [ResponseTimeout] that is no positive time span; write it as \"hh:mm:ss\"");
        return null;
    }
}
