import{h as e}from"./index-C4TnjbN8.js";async function*t(t,r={}){let i=await e(t,r);if(!i.body)return;let a=i.body.pipeThrough(new TextDecoderStream).getReader(),o=``;try{for(;;){let{value:e,done:t}=await a.read();if(t)break;o+=e.replaceAll(`\r
`,`
`);let r=o.split(`

`);o=r.pop()??``;for(let e of r){let t=n(e);t.data&&(yield t)}}}finally{await a.cancel().catch(()=>void 0)}}function n(e){let t={event:`message`,id:``,data:``};for(let n of e.split(`
`)){let[,e,r]=/^(event|id|data): ?(.*)$/.exec(n)??[];e===`event`&&(t.event=r??``),e===`id`&&(t.id=r??``),e===`data`&&(t.data+=(t.data?`
`:``)+(r??``))}return t}export{t};