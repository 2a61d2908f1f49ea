using Actors.Runtime.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Actors.Runtime.Generator.Analysis;

/// <summary>Reads a type with [GenerateSerializer].</summary>
internal sealed class SerializableAnalyzer
{
    private readonly INamedTypeSymbol _type;
    private readonly List<DiagnosticInfo> _findings = [];

    private SerializableAnalyzer(INamedTypeSymbol type) => _type = type;

    public static Found<SerializableModel> Analyze(GeneratorAttributeSyntaxContext context, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var analyzer = new SerializableAnalyzer((INamedTypeSymbol)context.TargetSymbol);
        var model = analyzer.ToModel();
        return new Found<SerializableModel>(model, new EquatableArray<DiagnosticInfo>(analyzer._findings));
    }

    private SerializableModel? ToModel()
    {
        if (CodecResolver.IsBuiltIn(_type))
        {
            return null;
        }

        if (GrainInterfaces.IsGrainClass(_type))
        {
            return null; // GrainClassAnalyzer says so.
        }

        if (_type.IsGenericType || _type.ContainingType is { IsGenericType: true })
        {
            return Refuse("is generic, and generic types have no generated codec; write a record for each case");
        }

        if (!Names.IsReachable(_type))
        {
            return Refuse("is private, protected or local to its file, so generated code cannot name it; make it internal");
        }

        var aliases = Names.Aliases(_type).ToList();
        if (aliases.Count == 0)
        {
            if (!Names.IsNamedByOrleans(_type))
            {
                _findings.Add(DiagnosticInfo.Create(Descriptors.MissingAlias, _type, Names.Sentence(_type)));
            }

            aliases.Add(Names.Full(_type));
        }

        if (_type.TypeKind == TypeKind.Enum)
        {
            return new SerializableModel(
                Names.Code(_type), Names.CodecName(_type), new EquatableArray<string>(aliases), Names.IsPublic(_type),
                IsEnum: true, IsStruct: true, IsImmutable: true, "", NeedsConstructorAccessor: false, BaseCodec: null, default);
        }

        if (_type.IsRefLikeType)
        {
            return Refuse("is a ref struct, which cannot be kept; make it a readonly record struct");
        }

        if (!TryFindBaseCodec(out var baseCodec))
        {
            return null;
        }

        var members = Members();
        var (creation, needsAccessor) = Creation();
        return new SerializableModel(
            Names.Code(_type),
            Names.CodecName(_type),
            new EquatableArray<string>(aliases),
            Names.IsPublic(_type),
            IsEnum: false,
            _type.IsValueType,
            Names.Has(_type, Names.Immutable) || IsException(_type),
            creation,
            needsAccessor,
            baseCodec,
            new EquatableArray<MemberModel>(members.OrderBy(static member => member.Id)));
    }

    private SerializableModel? Refuse(string reason)
    {
        _findings.Add(DiagnosticInfo.Create(Descriptors.SerializableShape, _type, Names.Sentence(_type), reason));
        return null;
    }

    private bool TryFindBaseCodec(out string? codec)
    {
        codec = null;
        for (var basis = _type.BaseType; basis is { SpecialType: SpecialType.None }; basis = basis.BaseType)
        {
            if (Names.Has(basis, Names.GenerateSerializer) && !basis.IsGenericType)
            {
                codec = Names.CodecClass(basis);
                return true;
            }

            if (Names.Full(basis) == "System.Exception" || (IsException(basis) && !basis.Locations.Any(static location => location.IsInSource)))
            {
                codec = "global::Actors.Runtime.Serialization.ExceptionLevel";
                return true;
            }

            if (!Names.Has(basis, Names.SerializerTransparent))
            {
                Refuse($"derives from {Names.Sentence(basis)}, which has no codec; give it [GenerateSerializer], or [SerializerTransparent] if it has nothing to write");
                return false;
            }
        }

        return true;
    }

    private List<MemberModel> Members()
    {
        var byId = new Dictionary<uint, ISymbol>();
        var members = new List<MemberModel>();
        var automatic = GeneratesIds();
        foreach (var member in _type.GetMembers())
        {
            var memberType = member switch
            {
                IPropertySymbol { IsStatic: false, IsIndexer: false } property when !IsRecordContract(property) => property.Type,
                IFieldSymbol { IsStatic: false, IsConst: false, IsImplicitlyDeclared: false, AssociatedSymbol: null } field => field.Type,
                _ => null,
            };
            if (memberType is null || !TryGetId(member, automatic, out var id))
            {
                continue;
            }

            if (byId.TryGetValue(id, out var other))
            {
                _findings.Add(DiagnosticInfo.Create(Descriptors.DuplicateId, member, Names.Sentence(other), Names.Sentence(member), id.ToString()));
                continue;
            }

            byId.Add(id, member);
            if (!CodecResolver.TryResolve(memberType, out var codec, out var advice))
            {
                _findings.Add(DiagnosticInfo.Create(Descriptors.MemberWithoutCodec, member, Names.Sentence(memberType), Names.Sentence(member), advice));
                continue;
            }

            if (ToMember(member, id, codec) is { } model)
            {
                members.Add(model);
            }
        }

        return members;
    }

    /// <summary>The property by which a record compares types.</summary>
    private static bool IsRecordContract(IPropertySymbol property) => property is { Name: "EqualityContract", IsImplicitlyDeclared: true };

    private bool GeneratesIds() =>
        Names.Attribute(_type, Names.GenerateSerializer)!.NamedArguments.Any(static argument => argument is { Key: "GenerateFieldIds", Value.Value: 1 });

    private bool TryGetId(ISymbol member, bool automatic, out uint id)
    {
        if (Names.Attribute(member, Names.Id) is { } attribute)
        {
            id = attribute.ConstructorArguments.FirstOrDefault().Value as uint? ?? 0;
            if (id > MaxFieldId)
            {
                _findings.Add(DiagnosticInfo.Create(
                    Descriptors.SerializableShape, member, Names.Sentence(member), $"has [Id({id})]; the largest number is {MaxFieldId}"));
                return false;
            }

            return true;
        }

        id = 0;
        if (automatic && member is IPropertySymbol { DeclaredAccessibility: Accessibility.Public, GetMethod: not null, SetMethod: not null })
        {
            id = HashedId(member.Name);
            return true;
        }

        var field = member is IPropertySymbol property ? BackingField(property) : member;
        if (field is not null && !Names.Has(field, "System.NonSerializedAttribute"))
        {
            _findings.Add(DiagnosticInfo.Create(Descriptors.MemberWithoutId, member, Names.Sentence(member), Names.Sentence(_type)));
        }

        return false;
    }

    private const uint MaxFieldId = (1u << 29) - 2;

    /// <summary>The number of a member that has none of its own: FNV-1a of its name, within the range of numbers.</summary>
    private static uint HashedId(string name)
    {
        var hash = 2166136261u;
        foreach (var character in name)
        {
            hash = unchecked((hash ^ character) * 16777619u);
        }

        return hash % MaxFieldId;
    }

    private MemberModel? ToMember(ISymbol member, uint id, CodecUse codec)
    {
        var byReference = codec.IsImmutable || Names.Has(member, Names.Immutable);
        if (member is IFieldSymbol field)
        {
            var get = IsReachable(field.DeclaredAccessibility) ? MemberAccess.Direct : MemberAccess.Field;
            var set = get == MemberAccess.Direct && !field.IsReadOnly ? MemberAccess.Direct : MemberAccess.Field;
            return new MemberModel(id, Names.Identifier(field.Name), field.Name, codec, byReference, get, set);
        }

        var property = (IPropertySymbol)member;
        var backing = BackingField(property);
        if (property.GetMethod is null || (property.SetMethod is null && backing is null))
        {
            _findings.Add(DiagnosticInfo.Create(
                Descriptors.SerializableShape, member, Names.Sentence(member), "has an [Id] but no value of its own that could be read and written; give it a getter and a setter, or remove the [Id]"));
            return null;
        }

        var getAccess = IsReachable(property.GetMethod.DeclaredAccessibility) ? MemberAccess.Direct : MemberAccess.Method;
        var setAccess = property.SetMethod switch
        {
            null => MemberAccess.Field,
            { IsInitOnly: false } setter when IsReachable(setter.DeclaredAccessibility) => MemberAccess.Direct,
            _ => MemberAccess.Method,
        };
        return new MemberModel(id, Names.Identifier(property.Name), backing?.Name ?? "", codec, byReference, getAccess, setAccess);
    }

    private IFieldSymbol? BackingField(IPropertySymbol property) =>
        _type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    /// <summary>C# that makes a value whose members have their defaults.</summary>
    private (string Expression, bool NeedsAccessor) Creation()
    {
        var name = Names.Code(_type);
        if (_type.IsAbstract)
        {
            return ("null", false);
        }

        var constructors = _type.InstanceConstructors;
        var plain = constructors.FirstOrDefault(static constructor => constructor.Parameters.Length == 0);
        if (_type.IsValueType)
        {
            return plain is { IsImplicitlyDeclared: false } ? ("New()", true) : ($"default({name})", false);
        }

        if (plain is not null)
        {
            return IsReachable(plain.DeclaredAccessibility) && !HasRequiredMembers() ? ($"new {name}()", false) : ("New()", true);
        }

        var primary = constructors.FirstOrDefault(static constructor =>
            constructor.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax() is TypeDeclarationSyntax));
        if (primary is null || IsException(_type) || HasRequiredMembers())
        {
            return ($"({name})global::System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof({name}))", false);
        }

        var arguments = primary.Parameters
            .Where(static parameter => !parameter.HasExplicitDefaultValue)
            .Select(static parameter => $"{Names.Identifier(parameter.Name)}: default({Names.Code(parameter.Type)})");
        return ($"new {name}({string.Join(", ", arguments)})", false);
    }

    private bool HasRequiredMembers()
    {
        for (INamedTypeSymbol? type = _type; type is not null; type = type.BaseType)
        {
            if (type.GetMembers().Any(static member => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsReachable(Accessibility accessibility) =>
        accessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;

    private static bool IsException(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? basis = type; basis is not null; basis = basis.BaseType)
        {
            if (Names.Full(basis) == "System.Exception")
            {
                return true;
            }
        }

        return false;
    }
}
