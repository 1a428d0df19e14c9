import { type Call, type Methods, Refusal } from "../call.ts";
import { isYes, paramOf } from "../params.ts";
import { stampOf } from "../portal.ts";
import { allScopes } from "./sign-in.ts";

export const systemMethods: Methods = {
  "app.info": {
    scope: "",
    run(call) {
      if (call.context === "webhook") throw new Refusal(400, "ACCESS_DENIED", "Access denied! Application context required");
      return appInfo(call);
    },
  },
  scope: { scope: "", run: (call) => (isYes(paramOf(call, "full")) ? allScopes : (call.portal.scopes() ?? allScopes)) },
  "server.time": { scope: "", run: ({ portal }) => stampOf(portal.now()) },
};

const appInfo = ({ portal }: Call) => ({
  ...{ ID: 5, CODE: portal.app.clientId, VERSION: 1, STATUS: "L", INSTALLED: true, PAYMENT_EXPIRED: "N", DAYS: null },
  ...{ LANGUAGE_ID: "ru", LICENSE: portal.isBox ? "ru_selfhosted" : "ru_pro100", LICENSE_TYPE: portal.isBox ? "selfhosted" : "pro100" },
  ...{ LICENSE_PREVIOUS: "", LICENSE_FAMILY: portal.isBox ? "selfhosted" : "pro" },
});
